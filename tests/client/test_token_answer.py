"""What a token endpoint answers: what is taken, and which error everything else is."""

import pytest

from tests.client.scripted_server import refusal, token_answer
from tokensmith.client import (
    ClientError,
    RefusedError,
    ServerUnavailableError,
    SignInAgainError,
    TokenAnswer,
    UnusableAnswerError,
)
from tokensmith.client.token_answer import read_answer
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import Response


def test_a_whole_answer() -> None:
    """RFC 6749 §5.1, RFC 8693 §2.2.1."""
    members: dict[str, JsonValue] = {
        "scope": "a b",
        "refresh_token": "r",
        "id_token": "i.i.i",
        "issued_token_type": "urn:x",
        "more": [1],
    }
    assert read_answer(token_answer(**members)) == TokenAnswer(
        access_token="a.b.c",
        token_type="Bearer",
        expires_in=100.0,
        scope="a b",
        refresh_token="r",
        id_token="i.i.i",
        issued_token_type="urn:x",
    )


@pytest.mark.parametrize(("written", "seconds"), [(None, None), (0, 0.0), (3600, 3600.0), (1.5, 1.5), ("3600", 3600.0)])
def test_a_lifetime_in_every_spelling_there_is(written: JsonValue, seconds: float | None) -> None:
    assert read_answer(token_answer(expires_in=written)).expires_in == seconds


@pytest.mark.parametrize(("written", "type_"), [("bearer", "Bearer"), ("BEARER", "Bearer"), ("dpop", "DPoP")])
def test_a_token_type_has_no_case(written: str, type_: str) -> None:
    """RFC 6749 §5.1."""
    assert read_answer(token_answer(token_type=written)).token_type == type_


@pytest.mark.parametrize(
    "members",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "a\r\nX-Admin: 1"},
        {"access_token": "é"},
        {"token_type": None},
        {"token_type": "mac"},
        {"expires_in": -1},
        {"expires_in": True},
        {"expires_in": "soon"},
        {"expires_in": [1]},
        {"refresh_token": ""},
        {"scope": ["a"]},
    ],
    ids=str,
)
def test_what_cannot_be_sent_on_is_refused(members: dict[str, JsonValue]) -> None:
    """A token goes into a header of our own requests: nothing from another server may begin one (RFC 6749 App. A)."""
    with pytest.raises(UnusableAnswerError) as caught:
        read_answer(token_answer(**members))
    assert caught.value.code == "unusable_answer"


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"access_token":"a","access_token":"b"}'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(UnusableAnswerError):
        read_answer(Response(status=200, headers={}, body=body))


@pytest.mark.parametrize(
    ("status", "error", "class_", "code"),
    [
        (400, "invalid_scope", RefusedError, "request_refused"),
        (401, "invalid_client", RefusedError, "request_refused"),
        (400, "invalid_grant", SignInAgainError, "grant_over"),
        (400, "expired_token", SignInAgainError, "grant_over"),
        (403, "access_denied", SignInAgainError, "grant_over"),
        (400, "temporarily_unavailable", ServerUnavailableError, "server_busy"),
        (429, "slow", ServerUnavailableError, "server_busy"),
        (500, "invalid_grant", ServerUnavailableError, "server_busy"),
        (503, "x", ServerUnavailableError, "server_busy"),
    ],
)
def test_a_refusal_says_what_to_do_next(status: int, error: str, class_: type[ClientError], code: str) -> None:
    """A server in trouble ends no grant: nobody is signed out by a 500."""
    with pytest.raises(ClientError) as caught:
        read_answer(refusal(error, status=status))
    assert type(caught.value) is class_
    assert caught.value.code == code
    if isinstance(caught.value, RefusedError):
        assert caught.value.error == error


@pytest.mark.parametrize("body", [b"Not found", b"{}", b'{"error":7}'])
def test_a_refusal_that_says_nothing_is_no_answer(body: bytes) -> None:
    with pytest.raises(UnusableAnswerError):
        read_answer(Response(status=404, headers={}, body=body))


@pytest.mark.parametrize(
    ("said", "seconds"), [("7", 7), ("99999", 3600), ("9" * 5000, 3600), ("soon", 2), ("-1", 2), ("", 2)]
)
def test_a_busy_server_says_how_long(said: str, seconds: int) -> None:
    """RFC 9110 §10.2.3; nobody else decides that we stay away for a day."""
    with pytest.raises(ServerUnavailableError) as caught:
        read_answer(refusal("x", status=503, Retry_After=said))
    assert caught.value.retry_after == seconds


def test_nothing_secret_is_shown() -> None:
    answer = read_answer(token_answer("hush", refresh_token="hush", id_token="hush"))

    assert "hush" not in repr(answer)
