"""Our client at our server, through a browser: what test_with_npm_provider.py does at somebody else's."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.services.token_server import AUDIENCE, BACK, TokenServer
from tokensmith.client import Client, ProofKey, PublicClient, RefreshToken, SecretClient, SignInAgainError

EVERYTHING = "openid offline_access notes:read"


def brought_back(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture(scope="module")
def web(token_server: TokenServer) -> Client:
    secret = token_server.make_client("our-web", "--after-sign-out", "https://app.example/")
    return Client(token_server.issuer, SecretClient("our-web", secret))


def test_a_person_signs_in_refreshes_and_signs_out(token_server: TokenServer, web: Client) -> None:
    started, url = web.start_sign_in_sync(redirect_uri=BACK, scope=EVERYTHING, resource=AUDIENCE)
    done = web.finish_sign_in_sync(started, brought_back(token_server.visit(url, "ada")))

    assert done.claims is not None
    assert done.claims["nonce"] == started.nonce
    assert done.answer.scope == "notes:read"
    assert done.answer.refresh_token is not None
    tokens = web.tokens(RefreshToken(done.answer.refresh_token), on_rotated=lambda _: None)
    assert asyncio.run(tokens.get()).access_token != done.answer.access_token
    bye = web.end_session_url_sync(id_token=done.answer.id_token, return_to="https://app.example/")
    assert token_server.visit(bye or "", "ada") == "https://app.example/"


def test_a_public_client_binds_all_of_it_to_its_key(token_server: TokenServer) -> None:
    """Code, access token and refresh token (RFC 9449 §5, §10)."""
    token_server.make_client("our-tool", "--public", uri="http://127.0.0.1/callback")
    client = Client(token_server.issuer, PublicClient("our-tool"), proof_key=ProofKey())
    started, url = client.start_sign_in_sync(redirect_uri="http://127.0.0.1:50123/callback", scope=EVERYTHING)
    done = client.finish_sign_in_sync(started, brought_back(token_server.visit(url, "grace")))

    assert done.answer.token_type == "DPoP"
    assert done.answer.refresh_token is not None
    stolen = Client(token_server.issuer, PublicClient("our-tool"))
    with pytest.raises(Exception, match=r"\w"):
        stolen.ask_sync(RefreshToken(done.answer.refresh_token))
    assert client.ask_sync(RefreshToken(done.answer.refresh_token)).token_type == "DPoP"


def test_a_person_who_says_no_is_not_signed_in(token_server: TokenServer, web: Client) -> None:
    started, url = web.start_sign_in_sync(redirect_uri=BACK, scope="openid notes:read", resource=AUDIENCE)
    with pytest.raises(SignInAgainError) as caught:
        web.finish_sign_in_sync(started, brought_back(token_server.visit(url, "grace", decision="deny")))

    assert caught.value.error == "access_denied"
