"""The exceptions: PyJWT's tree, and each refusal of ours as one of them."""

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tokensmith.compat.pyjwt.exceptions import translated
from tokensmith.jose import JoseError
from tokensmith.jose.errors import (
    InvalidSignatureError,
    KeyMaterialError,
    MalformedTokenError,
    RefusedTokenError,
    UnacceptableTokenError,
)

NAMES = sorted(
    name
    for name, value in vars(theirs.exceptions).items()
    if isinstance(value, type) and value.__module__ == "jwt.exceptions"
)


@pytest.mark.parametrize("name", NAMES)
def test_the_tree_is_theirs(name: str) -> None:
    """An `except` clause catches what it caught: every exception, with all its ancestors."""
    lineages = [[each.__name__ for each in getattr(module.exceptions, name).__mro__] for module in (ours, theirs)]

    assert lineages[0] == lineages[1]


def test_the_room_offers_what_pyjwt_does() -> None:
    """All its public names but the three that the guide leaves out."""
    assert set(theirs.__all__) - set(ours.__all__) == {
        "PyJWS",
        "PyJWT",
        "register_algorithm",
        "unregister_algorithm",
    }
    assert set(ours.__all__) - set(theirs.__all__) == {"algorithms", "exceptions"}


@pytest.mark.parametrize(
    ("error", "name"),
    [
        *((MalformedTokenError("Text.", code=code), "DecodeError") for code in (
            "malformed", "base64url", "json", "not_an_object", "duplicate_member", "too_large", "too_deep",
            "too_many_members", "malformed_header",
        )),
        (MalformedTokenError("Text.", code="malformed_crit"), "InvalidTokenError"),
        (UnacceptableTokenError("Text.", code="unsupported_crit"), "InvalidTokenError"),
        (InvalidSignatureError("Text."), "InvalidSignatureError"),
        (RefusedTokenError("Text.", code="new"), "InvalidTokenError"),
        (KeyMaterialError("Text.", code="weak_key"), "InvalidKeyError"),
        (KeyMaterialError("Text.", code="algorithm_mismatch"), "InvalidKeyError"),
        (KeyMaterialError("Text.", code="unsupported_algorithm"), "PyJWKError"),
    ],
)  # fmt: skip
def test_a_refusal_becomes_theirs(error: JoseError, name: str) -> None:
    """By its code; one that is new stays a refusal of the token or of the key. The detail stays behind."""
    error.detail = "private"
    made = translated(error)

    assert (type(made).__name__, str(made)) == (name, "Text.")
