"""The error tree: what it promises to whoever catches one."""

import pickle

import pytest

from tokensmith.jose.errors import (
    ExpiredTokenError,
    InvalidSignatureError,
    JoseError,
    KeyMaterialError,
    MalformedTokenError,
    NotYetValidTokenError,
    RefusedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)

REFUSALS = {
    MalformedTokenError: "malformed",
    UnknownKeyError: "unknown_key",
    InvalidSignatureError: "invalid_signature",
    ExpiredTokenError: "expired",
    NotYetValidTokenError: "not_yet_valid",
    UnacceptableTokenError: "unacceptable",
}


@pytest.mark.parametrize(("kind", "code"), REFUSALS.items())
def test_each_refusal_has_a_code_of_its_own(kind: type[JoseError], code: str) -> None:
    """The class is the caller's reaction; the code stays when the text is reworded."""
    assert kind("text").code == code


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_of_a_token_is_caught_as_one(kind: type[JoseError]) -> None:
    """Whoever answers 401 to all of them needs one except."""
    assert issubclass(kind, RefusedTokenError)


def test_trouble_with_a_key_is_no_refusal_of_a_token() -> None:
    """A bad key is ours to mend; the one who sent the token can do nothing about it."""
    error = KeyMaterialError("text")

    assert isinstance(error, JoseError)
    assert not isinstance(error, RefusedTokenError)
    assert (error.code, RefusedTokenError("text").code, JoseError("text").code) == ("key_material", "refused", "jose")


def test_a_more_precise_code_takes_the_place_of_the_class_code() -> None:
    """Callers that branch on causes see the cause."""
    assert MalformedTokenError("text", code="too_large").code == "too_large"


def test_the_detail_is_not_in_the_text() -> None:
    """What str() says is shown to strangers; the detail may quote a token."""
    error = MalformedTokenError("The token is too long.", detail="9 of 8 bytes")

    assert str(error) == "The token is too long."
    assert error.detail == "9 of 8 bytes"


def test_an_error_survives_a_trip_between_processes() -> None:
    """Task queues pickle exceptions; code and detail travel along."""
    error = pickle.loads(pickle.dumps(ExpiredTokenError("text", code="own", detail="private")))

    assert (type(error), str(error), error.code, error.detail) == (ExpiredTokenError, "text", "own", "private")
