"""The client at somebody else's authorization server, through every flow that it offers."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.services.npm_provider import NOTES, SECRET, NpmProvider
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

FOR_NOTES = ClientCredentials(resource=NOTES, scope="notes:read")
EVERYTHING = "openid offline_access notes:read"


def brought_back(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture
def web(npm_provider: NpmProvider) -> Client:
    return Client(npm_provider.issuer, SecretClient("web", SECRET))


def test_a_secret_is_taken(npm_provider: NpmProvider) -> None:
    """In the header, and in the form."""
    for identity in (SecretClient("robot", SECRET), SecretClient("robot", SECRET, method="post")):
        answer = Client(npm_provider.issuer, identity).ask_sync(FOR_NOTES)
        assert (answer.token_type, answer.expires_in, answer.scope) == ("Bearer", 60, "notes:read")
    with pytest.raises(RefusedError) as caught:
        Client(npm_provider.issuer, SecretClient("robot", "wrong")).ask_sync(FOR_NOTES)
    assert caught.value.error == "invalid_client"


def test_a_signature_is_taken_instead_of_a_secret(npm_provider: NpmProvider) -> None:
    """private_key_jwt, RFC 7523."""
    client = Client(npm_provider.issuer, KeyClient("signer", npm_provider.signer))

    assert client.ask_sync(FOR_NOTES).token_type == "Bearer"
    assert asyncio.run(client.ask(FOR_NOTES)).scope == "notes:read"


def test_a_token_is_bound_to_a_key(npm_provider: NpmProvider) -> None:
    """RFC 9449 §5."""
    client = Client(npm_provider.issuer, SecretClient("robot", SECRET), proof_key=ProofKey())

    assert client.ask_sync(FOR_NOTES).token_type == "DPoP"


def test_a_person_signs_in_through_their_browser(npm_provider: NpmProvider, web: Client) -> None:
    """Code, PKCE, issuer, ID token with its nonce and at_hash; and the refresh token goes on."""
    started, url = web.start_sign_in_sync(redirect_uri=npm_provider.redirect_uri, scope=EVERYTHING, resource=NOTES)
    parameters = brought_back(npm_provider.visit(url, "ada"))
    done = web.finish_sign_in_sync(started, parameters)

    assert done.claims is not None
    assert (done.claims.subject, done.claims["nonce"]) == ("ada", started.nonce)
    assert done.answer.refresh_token is not None
    kept: list[str] = []
    tokens = web.tokens(RefreshToken(done.answer.refresh_token), on_rotated=kept.append)
    assert asyncio.run(tokens.get()).access_token != done.answer.access_token
    assert len(kept) == 1


def test_a_person_signs_in_through_an_event_loop(npm_provider: NpmProvider, web: Client) -> None:
    async def sign_in() -> str | None:
        started, url = await web.start_sign_in(redirect_uri=npm_provider.redirect_uri, scope="openid")
        parameters = brought_back(await asyncio.to_thread(npm_provider.visit, url, "grace"))
        done = await web.finish_sign_in(started, parameters)
        return None if done.claims is None else done.claims.subject

    assert asyncio.run(sign_in()) == "grace"


def test_a_code_is_good_once_and_for_who_began(npm_provider: NpmProvider, web: Client) -> None:
    """RFC 6749 §4.1.2, RFC 7636 §4.6, RFC 6749 §10.12."""
    started, url = web.start_sign_in_sync(redirect_uri=npm_provider.redirect_uri, scope="openid")
    other, _ = web.start_sign_in_sync(redirect_uri=npm_provider.redirect_uri, scope="openid")
    parameters = brought_back(npm_provider.visit(url, "ada"))

    with pytest.raises(SignInAgainError) as mismatch:
        web.finish_sign_in_sync(other, parameters)
    assert mismatch.value.code == "sign_in_mismatch"
    with pytest.raises(SignInAgainError) as stolen:
        web.finish_sign_in_sync(other, {**parameters, "state": other.state})
    assert stolen.value.error == "invalid_grant"
    assert web.finish_sign_in_sync(started, parameters).claims is not None
    with pytest.raises(SignInAgainError):
        web.finish_sign_in_sync(started, parameters)


def test_a_person_signs_in_on_another_device(npm_provider: NpmProvider) -> None:
    """RFC 8628, to its end."""
    tool = Client(npm_provider.issuer, PublicClient("tool"))
    login = tool.start_device_sync(scope="notes:read", resource=NOTES)
    assert login.verification_uri_complete is not None
    visited: list[str] = []

    def confirm(_: float) -> None:
        if not visited:
            visited.append(npm_provider.visit(str(login.verification_uri_complete), "ada"))

    assert tool.wait_for_device_sync(login, sleep=confirm).access_token
    with pytest.raises(SignInAgainError):
        tool.wait_for_device_sync(login, sleep=confirm)


def test_what_is_given_up_is_over(npm_provider: NpmProvider, web: Client) -> None:
    """RFC 7009; and where the browser signs out of the server, too."""
    started, url = web.start_sign_in_sync(redirect_uri=npm_provider.redirect_uri, scope=EVERYTHING)
    done = web.finish_sign_in_sync(started, brought_back(npm_provider.visit(url, "ada")))
    assert done.answer.refresh_token is not None
    web.revoke_sync(done.answer.refresh_token)

    with pytest.raises(SignInAgainError):
        web.ask_sync(RefreshToken(done.answer.refresh_token))
    end = web.end_session_url_sync(id_token=done.answer.id_token)
    assert end is not None
    assert end.startswith(f"{npm_provider.issuer}/session/end?client_id=web&id_token_hint=")
    assert asyncio.run(web.end_session_url()) == f"{npm_provider.issuer}/session/end?client_id=web"
