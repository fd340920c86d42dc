"""Answers: what they say, what they keep to themselves, and how long anybody may keep them."""

import pytest

from tokensmith.server.domain.errors import (
    InvalidClientError,
    InvalidCredentialsError,
    InvalidGrantError,
    TooManyAttemptsError,
    UnavailableError,
)
from tokensmith.server.flows.tokens import TokenAnswer
from tokensmith.server.web.responses import error_response, json_response, refusal, token_response


def test_json_is_stored_nowhere_unless_said_otherwise() -> None:
    """RFC 6749 §5.1."""
    assert json_response({}).headers["cache-control"] == "no-store"
    assert json_response({}, headers={"cache-control": "public"}).headers["cache-control"] == "public"


def test_a_refresh_token_is_named_only_where_there_is_one() -> None:
    """RFC 6749 §5.1: optional means left out, not null."""
    answer = TokenAnswer(access_token="a", token_type="Bearer", expires_in=60, scope="s", refresh_token=None)

    assert b"refresh_token" not in bytes(token_response(answer).body)


def test_a_refusal_says_the_word_and_the_id_and_not_the_detail() -> None:
    """The cause is for the log, under the same id."""
    error = InvalidGrantError("The refresh token is not valid.", code="refresh_token_reused", detail="tsr_hush")
    response = refusal(error, error_id="1234")

    assert response.status_code == 400
    assert response.body == (
        b'{"error":"invalid_grant","error_description":"The refresh token is not valid.","error_id":"1234"}'
    )


@pytest.mark.parametrize(
    ("error", "challenge"),
    [
        (InvalidClientError("x"), 'Basic realm="tokensmith", charset="UTF-8"'),
        (InvalidCredentialsError("x"), 'SignIn realm="tokensmith"'),
    ],
)
def test_every_401_has_a_challenge(error: InvalidClientError, challenge: str) -> None:
    """RFC 9110 §15.5.2; for a sign-in none that makes a browser ask for a password itself."""
    response = refusal(error, error_id="1")

    assert (response.status_code, response.headers["www-authenticate"]) == (401, challenge)


@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [(TooManyAttemptsError("x", retry_after_seconds=9), 429, "9"), (UnavailableError("x"), 503, "1")],
)
def test_whoever_has_to_wait_is_told_how_long(error: UnavailableError, status: int, wait: str) -> None:
    """RFC 9110 §10.2.3, RFC 6585 §4."""
    response = refusal(error, error_id="1")

    assert (response.status_code, response.headers["retry-after"]) == (status, wait)


def test_a_description_holds_only_what_the_standard_allows() -> None:
    """RFC 6749 §5.2: printable ASCII without the double quote and the backslash."""
    response = error_response("e", 'a "b" \\ ü\n', status=400, error_id="1")

    assert b"a 'b' / ??" in bytes(response.body)
