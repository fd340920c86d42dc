"""The class says what to answer, the code what happened."""

import pytest

from tokensmith.guard import (
    DeniedError,
    GuardError,
    InsufficientScopeError,
    InvalidProofError,
    InvalidTokenError,
    MalformedRequestError,
    MissingTokenError,
    UnavailableError,
)


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        (MissingTokenError, 401, None),
        (MalformedRequestError, 400, "invalid_request"),
        (InvalidTokenError, 401, "invalid_token"),
        (InvalidProofError, 401, "invalid_dpop_proof"),
        (UnavailableError, 503, "temporarily_unavailable"),
    ],
)
def test_each_class_has_its_status(kind: type[GuardError], status: int, error: str | None) -> None:
    """RFC 6750 §3.1, RFC 9110 §15.6.4."""
    raised = kind("Public.", code="why", detail="private")

    assert (raised.status, raised.error, raised.code) == (status, error, "why")
    assert (str(raised), raised.detail) == ("Public.", "private")


def test_a_missing_scope_brings_what_is_needed() -> None:
    raised = InsufficientScopeError("Public.", scopes=["a", "b", "a"])

    assert (raised.status, raised.code, raised.scopes) == (403, "insufficient_scope", {"a", "b"})
    assert isinstance(raised, DeniedError)


def test_our_own_trouble_says_when_to_try_again() -> None:
    assert UnavailableError("Public.", code="why").retry_after == 2
    assert not isinstance(UnavailableError("Public.", code="why"), DeniedError)
