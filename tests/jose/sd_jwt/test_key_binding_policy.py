"""What a verifier is told about key binding, before it sees a token (RFC 9901 §7.3 step 1, §9.5)."""

from datetime import timedelta

import pytest

from tests.jose.jwt.tokens import NOW, StoppedClock
from tests.jose.sd_jwt.credentials import AUDIENCE, BINDING, HOLDER_KEY, NONCE, bound_token, prove, refusal, verifier
from tokensmith.jose import jwt, sd_jwt
from tokensmith.jose.errors import ExpiredTokenError


@pytest.mark.parametrize(("nonce", "binding"), [(None, BINDING), (NONCE, sd_jwt.NOT_REQUIRED)])
def test_a_nonce_goes_with_required_key_binding(nonce: str | None, binding: object) -> None:
    """A forgotten nonce, or one that nobody looks at, is the program's mistake."""
    with pytest.raises(TypeError, match="nonce"):
        verifier(key_binding=binding).verify(prove(bound_token()), nonce=nonce)


@pytest.mark.parametrize("nonce", ["", 1, [], b"n"])
def test_a_nonce_is_text_and_not_empty(nonce: object) -> None:
    """An unset variable must not become the transaction of everybody."""
    with pytest.raises((TypeError, ValueError), match="nonce"):
        verifier(key_binding=BINDING).verify(prove(bound_token(), nonce=""), nonce=nonce)


@pytest.mark.parametrize("binding", [None, True, False, "required", AUDIENCE])
def test_the_policy_is_said_in_so_many_words(binding: object) -> None:
    """§7.3 step 1, §9.5: a verifier decides before it sees a token."""
    with pytest.raises(TypeError, match="key_binding"):
        verifier(key_binding=binding)


def test_the_policy_has_no_default() -> None:
    with pytest.raises(TypeError, match="key_binding"):
        sd_jwt.Verifier(HOLDER_KEY, issuer=jwt.ANY, audience=jwt.ANY, typ="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("audience", [jwt.ANY, None, 1, [AUDIENCE]])
def test_a_proof_for_everybody_is_none(audience: object) -> None:
    with pytest.raises(TypeError, match="audience"):
        sd_jwt.KeyBinding(audience=audience, max_age=60)


@pytest.mark.parametrize("audience", ["", set(), {""}])
def test_an_audience_is_not_empty(audience: object) -> None:
    with pytest.raises(ValueError, match="audience"):
        verifier(key_binding=sd_jwt.KeyBinding(audience=audience, max_age=60))


@pytest.mark.parametrize(
    ("max_age", "error"), [(0, ValueError), (-1, ValueError), (timedelta(0), ValueError), ("60", TypeError)]
)
def test_a_window_is_open_for_some_time(max_age: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_age"):
        sd_jwt.KeyBinding(audience=AUDIENCE, max_age=max_age)


def test_the_clock_is_the_verifiers() -> None:
    token = prove(bound_token())

    assert verifier(key_binding=BINDING, clock=StoppedClock(NOW + 60)).verify(token, nonce=NONCE)
    error = refusal(token, nonce=NONCE, key_binding=BINDING, clock=StoppedClock(NOW + 61))
    assert (type(error), error.code) == (ExpiredTokenError, "too_old")
