"""The server's refusals: the word on the wire, the status, and what is kept for the log."""

import pytest

from tokensmith.server.domain import errors
from tokensmith.server.domain.errors import ConflictError, OAuthError, ServerError, TooManyAttemptsError

REFUSALS = [
    (errors.InvalidRequestError, "invalid_request", 400),
    (errors.InvalidClientError, "invalid_client", 401),
    (errors.InvalidGrantError, "invalid_grant", 400),
    (errors.UnauthorizedClientError, "unauthorized_client", 400),
    (errors.UnsupportedGrantTypeError, "unsupported_grant_type", 400),
    (errors.InvalidScopeError, "invalid_scope", 400),
    (errors.InvalidTargetError, "invalid_target", 400),
    (errors.InvalidCredentialsError, "invalid_credentials", 401),
    (errors.ForbiddenOriginError, "forbidden_origin", 403),
    (errors.NotFoundError, "not_found", 404),
    (errors.UnavailableError, "temporarily_unavailable", 503),
]


@pytest.mark.parametrize(("kind", "error", "status"), REFUSALS, ids=lambda value: getattr(value, "__name__", None))
def test_a_refusal_has_its_word_and_status(kind: type[OAuthError], error: str, status: int) -> None:
    """RFC 6749 §5.2 and its extensions."""
    refusal = kind("text")

    assert (refusal.error, refusal.code, refusal.status) == (error, error, status)


def test_a_finer_code_leaves_the_word_on_the_wire_as_it_is() -> None:
    refusal = errors.InvalidGrantError("text", code="refresh_token_reused", detail="private")

    assert (refusal.error, refusal.code) == ("invalid_grant", "refresh_token_reused")
    assert str(refusal) == "text"


def test_detail_stays_out_of_the_text() -> None:
    assert "private" not in str(ServerError("text", detail="private"))


@pytest.mark.parametrize(("asked", "told"), [(-5, 1), (0, 1), (1, 1), (60, 60)])
def test_who_must_wait_is_told_a_second_at_least(asked: int, told: int) -> None:
    """Retry-After: 0 would be an invitation."""
    refusal = TooManyAttemptsError("text", retry_after_seconds=asked)

    assert (refusal.error, refusal.code, refusal.status) == ("too_many_attempts", "too_many_attempts", 429)
    assert refusal.retry_after_seconds == told


def test_trouble_of_ours_says_when_to_come_again() -> None:
    assert errors.UnavailableError("text").retry_after_seconds == 1


def test_an_operators_errors_are_no_answers_to_a_caller() -> None:
    conflict = ConflictError("text")

    assert conflict.code == "conflict"
    assert ServerError("text").code == "server_error"
    assert not isinstance(conflict, OAuthError)
