"""The ID token that came with a sign-in, and every reason not to believe it."""

from typing import Any

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import ScriptedClock, ScriptedOutside, json_answer, run
from tokensmith.client import ClientError, ServerUnavailableError, TokenAnswer, UnusableAnswerError
from tokensmith.client.id_token import read_id_token
from tokensmith.jose import Key, KeySet, jwt
from tokensmith.outbound import FetchError, FetchRules, Response

ISSUER = "https://id.test"
JWKS = f"{ISSUER}/keys"
KEY = Key.generate("ES256", kid="1")
STRANGER = Key.generate("ES256", kid="1")


def sign(key: Key = KEY, *, audience: str = "web", issuer: str = ISSUER, **claims: Any) -> str:
    signer = jwt.Signer(key, issuer=issuer, audience=audience, clock=ScriptedClock(ScriptedOutside()))
    return signer.sign({"sub": "ada", "nonce": "n-1", **claims})


def read(token: str | None, *, keys: Response | FetchError | None = None, jwks_uri: str | None = JWKS) -> str | None:
    outside = ScriptedOutside({JWKS: keys or json_answer(KeySet([KEY.public()]).to_jwks())})
    claims = run(
        read_id_token(
            TokenAnswer(access_token="a.b.c", token_type="Bearer", id_token=token),
            issuer=ISSUER,
            client_id="web",
            nonce="n-1",
            jwks_uri=jwks_uri,
            rules=FetchRules(trusted_origin=ISSUER),
            outside=outside,
        )
    )
    return claims.subject


def refusal(token: str | None, **options: Any) -> ClientError:
    with pytest.raises(ClientError) as caught:
        read(token, **options)
    return caught.value


def test_it_says_who_signed_in() -> None:
    assert read(sign()) == "ada"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (None, "no id_token"),
        ("a.b.c", "base64url"),
        (sign(STRANGER), "invalid_signature"),
        (sign(audience="another client"), "wrong_audience"),
        (sign(issuer="https://evil.test"), "wrong_issuer"),
        (sign(nonce="n-2"), "wrong_nonce"),
        (sign(at_hash="AAAA"), "wrong_hash"),
        (sign(exp=NOW - 11), "expired"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_what_is_not_for_this_sign_in_is_refused(token: str | None, why: str) -> None:
    """OpenID Connect Core §3.1.3.7, §3.1.3.8."""
    refused = refusal(token)

    assert (type(refused), refused.code) == (UnusableAnswerError, "id_token")
    assert why in refused.detail


def test_a_clock_may_be_a_little_off() -> None:
    assert read(sign(exp=NOW - 9)) == "ada"


@pytest.mark.parametrize("keys", [FetchError("Silence.", code="timed_out"), Response(status=500, headers={}, body=b"")])
def test_without_keys_nothing_is_believed(keys: Response | FetchError) -> None:
    refused = refusal(sign(), keys=keys)

    assert (type(refused), refused.code) == (ServerUnavailableError, "server_unreachable")


def test_keys_that_are_none_are_no_keys() -> None:
    assert isinstance(refusal(sign(), keys=json_answer({"no": "keys"})), UnusableAnswerError)
    assert "jwks_uri" in refusal(sign(), jwks_uri=None).detail
