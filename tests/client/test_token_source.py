"""Tokens that are kept and renewed: one request for all, none too many, and nobody signed out by a race."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client.scripted_server import ScriptedServer, refusal, token_answer
from tokensmith.client import (
    ClientCredentials,
    ClientError,
    Grant,
    RefreshToken,
    RefusedError,
    ServerUnavailableError,
    SignInAgainError,
    TokenSource,
)
from tokensmith.outbound import FetchError, Response

ITSELF = ClientCredentials()
SILENCE = FetchError("Silence.", code="timed_out")
ASKERS = 20


class Source:
    """A source of a scripted server, and its clock."""

    def __init__(
        self, *answers: object, grant: Grant = ITSELF, on_rotated: Callable[[str], None] | None = None
    ) -> None:
        self.server = ScriptedServer(*answers)  # type: ignore[arg-type]
        seen = self.server.seen_by()
        self.tokens = TokenSource(seen, grant, self.server.outside, on_rotated=on_rotated)

    def after(self, seconds: float) -> str:
        """Let seconds pass, ask, and see to it that what was begun in the background has ended."""
        self.server.outside.seconds += seconds
        token = self.tokens.get_sync().access_token
        self.tokens._flight.join("token", lambda: None)
        return token

    def refused_after(self, seconds: float) -> ClientError:
        with pytest.raises(ClientError) as caught:
            self.after(seconds)
        return caught.value

    @property
    def asked(self) -> int:
        return len(self.server.forms)


@pytest.mark.parametrize(
    ("expires_in", "kept", "renewed", "over"),
    [
        # 5 s for the way, and a fifth of the rest to spare.
        (105, 79, 80, 100),
        (8, 3.1, 3.2, 4),
        # RFC 6749 §5.1: it need not be said.
        (None, 43, 44, 55),
    ],
)
def test_a_token_is_renewed_before_it_ends(expires_in: float | None, kept: float, renewed: float, over: float) -> None:
    """While the next one is on its way, this one is given out; after its end, the next one is waited for."""

    def begun() -> Source:
        source = Source(*(token_answer(name, expires_in=expires_in) for name in "abc"))
        assert source.after(0) == "a"
        return source

    early, late, too_late = begun(), begun(), begun()

    assert (early.after(kept), early.asked) == ("a", 1)
    assert (late.after(renewed), late.asked) == ("a", 2)
    assert late.after(0) == "b"
    assert (too_late.after(over), too_late.asked) == ("b", 2)


def test_a_token_that_is_over_at_once_is_asked_for_each_time() -> None:
    source = Source(*(token_answer(name, expires_in=0) for name in "ab"))

    assert [source.after(0), source.after(0)] == ["a", "b"]


def test_many_threads_ask_once() -> None:
    gate = threading.Event()

    def slow(_: Mapping[str, str]) -> Response:
        gate.wait(10)
        return token_answer()

    source = Source(slow)
    with ThreadPoolExecutor(ASKERS) as threads:
        asked = [threads.submit(source.tokens.get_sync) for _ in range(ASKERS)]
        gate.set()
        assert {each.result(10).access_token for each in asked} == {"a.b.c"}
    assert source.asked == 1


def test_tasks_and_threads_ask_once_together() -> None:
    """A refresh token shown twice at once would look stolen to many servers (RFC 9700 §4.14.2)."""
    gate = threading.Event()

    def slow(_: Mapping[str, str]) -> Response:
        gate.wait(10)
        return token_answer(refresh_token="r2")

    source = Source(slow, grant=RefreshToken("r1"))

    async def main() -> set[str]:
        thread = asyncio.to_thread(source.tokens.get_sync)
        asked = [asyncio.ensure_future(each) for each in (thread, *(source.tokens.get() for _ in range(ASKERS)))]
        await asyncio.sleep(0)
        cancelled = asked.pop()
        cancelled.cancel()
        gate.set()
        return {each.access_token for each in await asyncio.gather(*asked)}

    assert asyncio.run(main()) == {"a.b.c"}
    assert source.asked == 1


def test_a_token_that_is_held_is_given_at_once_in_a_loop_too() -> None:
    source = Source(token_answer())
    source.after(0)

    assert asyncio.run(source.tokens.get()).access_token == "a.b.c"
    assert source.asked == 1


def test_a_server_that_is_gone_takes_nothing_from_what_is_held() -> None:
    """Until it ends; and it is not asked at every request."""
    source = Source(token_answer("a", expires_in=105), SILENCE)
    source.after(0)

    assert source.after(85) == "a"
    assert [source.after(0.5) for _ in range(4)] == ["a"] * 4
    assert source.asked == 3
    failure = source.refused_after(20)
    assert isinstance(failure, ServerUnavailableError)
    assert failure.code == "server_unreachable"


def test_nobody_asks_a_failing_server_again_at_once() -> None:
    source = Source(SILENCE, token_answer("b"))
    first = source.refused_after(0)
    second = source.refused_after(1.9)

    assert (source.asked, str(first)) == (1, str(second))
    assert first is not second
    assert source.after(0.1) == "b"


def test_a_busy_server_is_left_alone_for_as_long_as_it_says() -> None:
    source = Source(refusal("x", status=503, Retry_After="30"), token_answer("b"))
    error = source.refused_after(0)
    source.refused_after(29)

    assert isinstance(error, ServerUnavailableError)
    assert error.retry_after == 30
    assert source.after(1) == "b"


def test_a_refusal_may_be_mended_by_somebody() -> None:
    """A client that was switched on again, say."""
    source = Source(refusal("invalid_client", status=401), token_answer("b"))
    error = source.refused_after(0)

    assert isinstance(error, RefusedError)
    assert error.error == "invalid_client"
    assert source.after(2) == "b"


def test_a_refresh_token_that_is_over_is_shown_once() -> None:
    """To show it again would look like its theft."""
    source = Source(refusal("invalid_grant"), grant=RefreshToken("r1"))
    first, later = source.refused_after(0), source.refused_after(9999)

    assert isinstance(first, SignInAgainError)
    assert (type(later), later.code) == (SignInAgainError, "grant_over")
    assert source.asked == 1


def test_another_grant_that_was_refused_may_be_asked_for_again() -> None:
    """A client that was let in again, say; only a refresh token stays over."""
    source = Source(refusal("access_denied"), token_answer("b"))

    assert isinstance(source.refused_after(0), SignInAgainError)
    assert source.after(2) == "b"


def test_each_refresh_token_is_used_once_and_its_successor_kept() -> None:
    """RFC 6749 §6; a server that gives none means the old one to be used again."""
    kept: list[str] = []
    answers = [
        token_answer("a", refresh_token="r2"),
        token_answer("b"),
        token_answer("c", refresh_token="r3"),
        token_answer("d"),
    ]
    source = Source(*answers, grant=RefreshToken("r1", scope="x"), on_rotated=kept.append)

    assert [source.after(100) for _ in range(4)] == ["a", "b", "c", "d"]
    assert [form["refresh_token"] for form in source.server.forms] == ["r1", "r2", "r2", "r3"]
    assert {form["scope"] for form in source.server.forms} == {"x"}
    assert kept == ["r2", "r3"]


def test_a_refresh_token_that_is_given_back_is_no_new_one() -> None:
    kept: list[str] = []
    source = Source(token_answer(refresh_token="r1"), grant=RefreshToken("r1"), on_rotated=kept.append)
    source.after(0)

    assert kept == []


def test_a_refresh_token_beside_another_grant_is_nothing_to_us() -> None:
    """RFC 6749 §4.4.3: it should not be there."""
    source = Source(token_answer("a", refresh_token="r"), token_answer("b"))

    assert [source.after(0), source.after(100)] == ["a", "b"]
    assert source.server.forms[1]["grant_type"] == "client_credentials"


def test_a_successor_that_cannot_be_kept_is_used_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    def full(_: str) -> None:
        raise OSError("the disk is full")

    source = Source(token_answer("a", refresh_token="r2"), grant=RefreshToken("r1"), on_rotated=full)

    assert source.after(0) == "a"
    assert "the disk is full" in caplog.text


def test_a_token_that_a_service_calls_invalid_is_replaced() -> None:
    """Revoked, or signed with a key that is gone."""
    source = Source(token_answer("a"), token_answer("b"))
    held = source.tokens.get_sync()
    source.server.outside.seconds += 5

    assert source.tokens.forget(held)
    assert source.after(0) == "b"
    assert source.tokens.forget(held)
    assert (source.after(0), source.asked) == ("b", 2)


def test_a_token_that_was_just_given_is_not_replaced() -> None:
    """The next one would be refused as well, and every request would ask for two."""
    source = Source(token_answer("a"), token_answer("b"))
    held = source.tokens.get_sync()
    source.server.outside.seconds += 4.9

    assert not source.tokens.forget(held)
    assert source.after(0) == "a"


def test_somebody_elses_renewal_is_not_done_again() -> None:
    """Who looked before it ended and joined after it gets what it brought."""
    source = Source(token_answer("a"), token_answer("b"))
    seen = source.tokens._held
    source.tokens.get_sync()
    source.tokens._renew(seen)

    assert source.asked == 1


def test_a_server_that_takes_for_ever_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(token_answer())
    monkeypatch.setattr(source.tokens._flight, "join", lambda _name, _work: None)

    assert source.refused_after(0).code == "server_unreachable"


def test_a_failure_is_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    """In the background nobody else would hear of it; and no line of it is the server's own."""
    with caplog.at_level(logging.WARNING, logger="tokensmith.client"):
        Source(refusal("invalid_client\nadmin signed in")).refused_after(0)

    (record,) = caplog.records
    assert "request_refused" in record.getMessage()
    assert "\n" not in record.getMessage()
