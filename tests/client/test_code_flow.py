"""Signing in through a browser: what is asked for, and which answers are believed."""

import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.client.scripted_server import ISSUER, ScriptedServer, token_answer
from tests.guard.minting import NOW
from tests.guard.scripted import json_answer, run
from tokensmith.client import (
    ClientError,
    ProofKey,
    RefusedError,
    SignIn,
    SignInAgainError,
    TokenAnswer,
    UnusableAnswerError,
)
from tokensmith.client.authorization_server import AuthorizationServer
from tokensmith.client.code_flow import end_session_url, finish_sign_in, start_sign_in
from tokensmith.jose import Key, KeySet, base64url, jwt
from tokensmith.jose.strict_json import JsonValue

AUTHORIZE = f"{ISSUER}/authorize"
JWKS = f"{ISSUER}/keys"
BACK = "https://app.test/callback"
KEY = Key.generate("ES256", kid="1")


class Browser:
    """A sign-in at a scripted server."""

    def __init__(self, *, scope: str = "notes:read", proof_key: ProofKey | None = None, **metadata: JsonValue) -> None:
        members: dict[str, JsonValue] = {"authorization_endpoint": AUTHORIZE, "jwks_uri": JWKS, **metadata}
        kind = "Bearer" if proof_key is None else "DPoP"
        self.server = ScriptedServer(token_answer(token_type=kind), metadata=members)
        self.server.outside.documents[JWKS] = json_answer(KeySet([KEY.public()]).to_jwks())
        self.seen: AuthorizationServer = self.server.seen_by(proof_key=proof_key)
        self.scope = scope

    def start(self, *, resource: str | None = None) -> tuple[SignIn, dict[str, str]]:
        started, url = run(
            start_sign_in(self.seen, self.server.outside, redirect_uri=BACK, scope=self.scope, resource=resource)
        )
        assert url.startswith(f"{AUTHORIZE}?")
        return started, dict(parse_qsl(urlsplit(url).query))

    def finish(self, started: SignIn, parameters: Mapping[str, str]) -> TokenAnswer:
        return run(finish_sign_in(self.seen, self.server.outside, started, parameters)).answer

    def refused(self, started: SignIn, parameters: Mapping[str, str]) -> ClientError:
        with pytest.raises(ClientError) as caught:
            self.finish(started, parameters)
        return caught.value


def test_a_code_is_asked_for_with_a_proof_of_who_asks() -> None:
    """RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2."""
    started, sent = Browser().start(resource="https://notes.test")
    challenge = base64url.encode(hashlib.sha256(started.verifier.encode()).digest())

    assert sent == {
        "response_type": "code",
        "client_id": "tool",
        "redirect_uri": BACK,
        "scope": "notes:read",
        "state": started.state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "resource": "https://notes.test",
    }
    assert len(started.verifier) >= 43
    assert started.verifier not in repr(started)


def test_no_sign_in_is_like_another() -> None:
    one, two = Browser().start()[0], Browser().start()[0]

    assert len({one.state, two.state, one.verifier, two.verifier, one.nonce, two.nonce}) == 6


def test_who_the_person_is_comes_with_a_nonce() -> None:
    """OpenID Connect Core §3.1.2.1."""
    started, sent = Browser(scope="openid").start()

    assert sent["nonce"] == started.nonce
    assert "nonce" not in Browser(scope="myopenid").start()[1]


def test_the_code_of_a_bound_token_is_bound() -> None:
    """RFC 9449 §10."""
    key = ProofKey()

    assert Browser(proof_key=key).start()[1]["dpop_jkt"] == key.thumbprint


def test_an_endpoint_may_have_a_query_of_its_own() -> None:
    browser = Browser(authorization_endpoint=f"{AUTHORIZE}?tenant=1")

    assert browser.start()[1]["tenant"] == "1"


def test_a_server_without_such_an_endpoint_says_so() -> None:
    browser = Browser(authorization_endpoint=None)
    with pytest.raises(RefusedError) as caught:
        browser.start()

    assert caught.value.code == "not_offered"


def test_the_code_is_redeemed() -> None:
    """RFC 6749 §4.1.3, RFC 7636 §4.5."""
    browser = Browser()
    started, _ = browser.start()

    assert browser.finish(started, {"code": "c", "state": started.state}).access_token == "a.b.c"
    assert browser.server.forms[0] == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": BACK,
        "code_verifier": started.verifier,
        "client_id": "tool",
    }


@pytest.mark.parametrize("state", [None, "", "another", "é"])
def test_another_sign_ins_answer_is_none(state: str | None) -> None:
    """RFC 6749 §10.12: somebody may want us to be signed in as them."""
    browser = Browser()
    started, _ = browser.start()
    refused = browser.refused(started, {"code": "c"} if state is None else {"code": "c", "state": state})

    assert (type(refused), refused.code) == (SignInAgainError, "sign_in_mismatch")
    assert browser.server.forms == []


@pytest.mark.parametrize(
    ("issuer", "names_itself", "good"),
    [
        (ISSUER, True, True),
        (ISSUER, False, True),
        (None, False, True),
        (None, True, False),
        ("https://evil.test", True, False),
        ("https://evil.test", False, False),
        (f"{ISSUER}/", False, False),
    ],
)
def test_an_answer_is_of_the_server_that_was_asked(issuer: str | None, names_itself: bool, good: bool) -> None:
    """RFC 9207 §2.4: or a code of one server would be shown to another."""
    browser = Browser(authorization_response_iss_parameter_supported=names_itself)
    started, _ = browser.start()
    parameters = {"code": "c", "state": started.state} | ({} if issuer is None else {"iss": issuer})

    if good:
        assert browser.finish(started, parameters).access_token == "a.b.c"
    else:
        assert browser.refused(started, parameters).code == "sign_in_mismatch"
        assert browser.server.forms == []


@pytest.mark.parametrize(
    ("error", "class_", "code"),
    [
        ("access_denied", SignInAgainError, "grant_over"),
        ("login_required", SignInAgainError, "grant_over"),
        ("invalid_scope", RefusedError, "request_refused"),
        ("a\nb", RefusedError, "request_refused"),
    ],
)
def test_a_no_is_told(error: str, class_: type[ClientError], code: str) -> None:
    """RFC 6749 §4.1.2.1; no line of it begins a line of ours."""
    browser = Browser()
    started, _ = browser.start()
    refused = browser.refused(started, {"error": error, "state": started.state, "error_description": "why\nnot"})

    assert (type(refused), refused.code) == (class_, code)
    assert "\n" not in f"{refused} {refused.detail}"


def test_who_the_person_is_comes_with_the_token() -> None:
    browser = Browser(scope="openid")
    started, _ = browser.start()
    signer = jwt.Signer(KEY, issuer=ISSUER, audience="tool", clock=jwt_clock(browser))
    id_token = signer.sign({"sub": "ada", "nonce": started.nonce})
    browser.server.answers[:] = [token_answer(id_token=id_token)]
    done = run(finish_sign_in(browser.seen, browser.server.outside, started, {"code": "c", "state": started.state}))

    assert done.claims is not None
    assert (done.claims.subject, done.claims["iat"]) == ("ada", NOW)


def jwt_clock(browser: Browser) -> jwt.Clock:
    class Now:
        now = browser.server.outside.now

    return Now()


def test_without_an_id_token_nobody_knows_who_it_is() -> None:
    browser = Browser(scope="openid")
    started, _ = browser.start()

    assert isinstance(browser.refused(started, {"code": "c", "state": started.state}), UnusableAnswerError)


def test_signing_out_of_the_server_is_a_visit() -> None:
    """RP-Initiated Logout §2."""
    browser = Browser(end_session_endpoint=f"{ISSUER}/end")
    url = run(end_session_url(browser.seen, browser.server.outside, id_token="i", return_to="https://app.test/"))
    none = run(end_session_url(Browser().seen, Browser().server.outside, id_token=None, return_to=None))

    assert none is None
    assert url == f"{ISSUER}/end?client_id=tool&id_token_hint=i&post_logout_redirect_uri=https%3A%2F%2Fapp.test%2F"
