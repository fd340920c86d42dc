"""Opening: the signature first, then the claims; no rule is asked."""

import pytest

from tests.jose.jwt.tokens import KEY, NOW, good_claims, good_token, spell
from tokensmith.jose import JoseError, Key, KeySet
from tokensmith.jose.errors import (
    InvalidSignatureError,
    MalformedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.jwt.opened import open_signed
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits

STRANGER = Key.generate("HS256")


def refusal(token: str, *, keys: Key | KeySet = KEY, limits: Limits = DEFAULT_LIMITS) -> JoseError:
    with pytest.raises(JoseError) as caught:
        open_signed(token, keys, limits=limits)
    return caught.value


def test_a_genuine_token_is_opened_whatever_it_says() -> None:
    """Its time, issuer and type are for others to judge."""
    opened = open_signed(spell({"alg": "HS256", "typ": "x"}, {"exp": 1}), KEY, limits=DEFAULT_LIMITS)

    assert opened.claims == {"exp": 1}
    assert opened.header == {"alg": "HS256", "typ": "x"}
    assert opened.key is KEY


def test_a_forged_token_is_not_read() -> None:
    error = refusal(spell({"alg": "HS256"}, b"no json", key=STRANGER))

    assert (type(error), error.code) == (InvalidSignatureError, "invalid_signature")


def test_a_token_nobody_here_signed_is_not_opened() -> None:
    error = refusal(good_token(), keys=KeySet([]))

    assert (type(error), error.code) == (UnknownKeyError, "unknown_key")


def test_a_payload_that_is_not_encoded_is_no_jwt() -> None:
    """RFC 7797 §7: "b64" is not for JWTs, though signatures in general may have it."""
    error = refusal(spell({"alg": "HS256", "b64": False, "crit": ["b64"]}, good_claims()))

    assert (type(error), error.code) == (UnacceptableTokenError, "unsupported_crit")


def test_the_limits_hold() -> None:
    error = refusal(good_token(iat=NOW), limits=Limits(max_json_members=1))

    assert (type(error), error.code) == (MalformedTokenError, "too_many_members")
