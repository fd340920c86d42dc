"""PKCE."""

import pytest

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.pkce import check_challenge, proves

# RFC 7636 Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_rfcs_example_holds() -> None:
    assert proves(VERIFIER, CHALLENGE)
    assert check_challenge(CHALLENGE, method="S256", required=True) == CHALLENGE


@pytest.mark.parametrize(
    ("verifier", "challenge"),
    [
        (VERIFIER[:-1] + "l", CHALLENGE),
        (VERIFIER[:-1], CHALLENGE),
        (None, CHALLENGE),
        (VERIFIER, None),
        ("v" * 129, CHALLENGE),
        (VERIFIER + "\n", CHALLENGE),
        (CHALLENGE, CHALLENGE),
    ],
)
def test_everything_else_proves_nothing(verifier: str | None, challenge: str | None) -> None:
    """P14, P15; the last one is what `plain` would take."""
    assert not proves(verifier, challenge)


def test_nothing_proves_nothing_where_nothing_was_asked() -> None:
    assert proves(None, None)


@pytest.mark.parametrize(
    ("challenge", "method", "required", "code"),
    [
        (None, None, True, "pkce_missing"),
        (None, "S256", False, "pkce_missing"),
        (CHALLENGE, None, False, "pkce_method"),
        (CHALLENGE, "plain", False, "pkce_method"),
        (CHALLENGE, "s256", False, "pkce_method"),
        (CHALLENGE[:-1], "S256", False, "pkce_malformed"),
        (CHALLENGE + "x", "S256", False, "pkce_malformed"),
        (CHALLENGE[:-1] + ".", "S256", False, "pkce_malformed"),
    ],
)
def test_a_challenge_is_a_sha_256_or_refused(
    challenge: str | None, method: str | None, required: bool, code: str
) -> None:
    """P12, P13: no method named means `plain` (RFC 7636 §4.3)."""
    with pytest.raises(InvalidRequestError) as caught:
        check_challenge(challenge, method=method, required=required)

    assert caught.value.code == code


def test_who_may_do_without_does() -> None:
    assert check_challenge(None, method=None, required=False) is None
