"""Our client at our server, through a browser: what test_with_npm_provider.py does at somebody else's."""

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.services.token_server import AUDIENCE, BACK, TokenServer
from tokensmith.client import (
    Client,
    ClientCredentials,
    KeyClient,
    ProofKey,
    PublicClient,
    RefreshToken,
    RefusedError,
    SecretClient,
    SignInAgainError,
)
from tokensmith.jose import Key

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
    with pytest.raises(RefusedError):
        stolen.ask_sync(RefreshToken(done.answer.refresh_token))
    assert client.ask_sync(RefreshToken(done.answer.refresh_token)).token_type == "DPoP"


def test_a_person_who_says_no_is_not_signed_in(token_server: TokenServer, web: Client) -> None:
    started, url = web.start_sign_in_sync(redirect_uri=BACK, scope="openid notes:read", resource=AUDIENCE)
    with pytest.raises(SignInAgainError) as caught:
        web.finish_sign_in_sync(started, brought_back(token_server.visit(url, "grace", decision="deny")))

    assert caught.value.error == "access_denied"


def test_a_device_is_connected_by_a_link_and_a_yes(token_server: TokenServer) -> None:
    """RFC 8628: the device waits meanwhile."""
    token_server.operate(
        *("client", "create", "our-tv", "--public", "--device"),
        *("--resource", AUDIENCE, "--scope", "notes:read"),
    )
    client = Client(token_server.issuer, PublicClient("our-tv"))
    login = client.start_device_sync(scope="notes:read", resource=AUDIENCE)
    end = token_server.visit(login.verification_uri_complete or "", "ada")

    assert urlsplit(end).path == "/device/confirm"
    assert client.wait_for_device_sync(login).scope == "notes:read"


def test_a_signature_is_taken_instead_of_a_secret(token_server: TokenServer, tmp_path: Path) -> None:
    """private_key_jwt, RFC 7523."""
    key, file = Key.generate("ES256"), tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [dict(key.public().to_jwk())]}))
    scopes = ("--resource", AUDIENCE, "--scope", "notes:read")
    token_server.operate("client", "create", "our-signer", "--jwks", str(file), *scopes)
    client = Client(token_server.issuer, KeyClient("our-signer", key))

    assert client.ask_sync(ClientCredentials(resource=AUDIENCE)).scope == "notes:read"
