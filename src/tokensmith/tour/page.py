"""Page: what one step sends, gets back and checks, shown line by line as it happens.

A step decides what must hold; the page sees to it that whatever was checked is shown, held or not.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol

from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.tour.anatomy import Anatomy
from tokensmith.tour.exchange import Exchange, Request, send
from tokensmith.tour.redaction import redact
from tokensmith.tour.visit import Tokens

# How often a service is asked while we wait for it to hear of a revocation.
POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Check:
    """Something that had to be so; *found* says what was there instead."""

    text: str
    held: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for the reader."""

    text: str


Entry = Exchange | Check | Remark | Anatomy


class Display(Protocol):
    """Where a page appears while it is written."""

    def sending(self, request: Request) -> None:
        """Show what is about to be sent."""

    def entry(self, entry: Entry) -> None:
        """Show what came back, a check, a remark or a token."""

    def waiting(self, why: str) -> AbstractContextManager[None]:
        """Show, while the context lasts, that we wait and for what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Time, as the tour needs it: sleeping, measuring, and what tokens call now."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = SYSTEM_CLOCK.now


class Page:
    """One step's page."""

    def __init__(self, display: Display, *, pace: Pace) -> None:
        self._display = display
        self._pace = pace
        self._checks: list[Check] = []

    @property
    def held(self) -> bool:
        """Whether something was checked, and all of it was so."""
        return bool(self._checks) and all(check.held for check in self._checks)

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self._pace.now()

    def send(self, request: Request) -> Exchange:
        """Send a request, showing it and its answer; raises `NoAnswerError`."""
        self._display.sending(request)
        answer = send(request)
        self._display.entry(answer)
        return answer

    def ask(self, request: Request) -> Exchange:
        """Send a request that is not worth a place on the page; raises `NoAnswerError`."""
        return send(request)

    def show(self, entry: Anatomy | Remark) -> None:
        """Put a token or a sentence on the page."""
        self._display.entry(entry)

    def expect(self, text: str, *, held: bool, found: object = "") -> bool:
        """Check something; *text* says what had to be so, *found* what was there."""
        check = Check(text, held, "" if held else str(found))
        self._checks.append(check)
        self._display.entry(check)
        return held

    def answered(self, answer: Exchange, status: int, *, why: str = "") -> bool:
        """Check the status of an answer."""
        text = f"{status} {HTTPStatus(status).phrase}{f': {why}' if why else ''}"
        return self.expect(text, held=answer.status == status, found=f"{answer.status} {answer.reason}")

    def tokens(self, answer: Exchange) -> Tokens | None:
        """Check that an answer is a token response, and read it (RFC 6749 §5.1)."""
        tokens = Tokens.read(answer)
        if self.answered(answer, 200) and tokens is None:
            self.expect("access_token and expires_in in a JSON object", held=False, found=redact(answer.body[:200]))
        return tokens if answer.status == 200 else None

    def refused(self, answer: Exchange, status: int, error: str | None, *, why: str = "") -> None:
        """Check a service's refusal: its status, and the error code of its challenge (RFC 6750 §3.1); None is bare."""
        self.answered(answer, status, why=why)
        challenge = answer.challenge
        text = f'challenged with error="{error}"' if error else "a bare challenge, since nothing was presented"
        held = challenge is not None and challenge.get("error") == error
        self.expect(text, held=held, found=answer.headers.get("www-authenticate", "no challenge"))

    def wait(self, seconds: float, why: str) -> None:
        """Let time pass; *why* completes "wait 2 s ..."."""
        with self._display.waiting(f"wait {seconds:.1f} s {why}"):
            self._pace.sleep(seconds)

    def refused_within(self, seconds: float, request: Request, *, why: str) -> None:
        """Send a request again and again until it is answered 401; check that this is soon enough, and say how long.

        A service that cannot be reached has not refused anybody: `NoAnswerError` goes through.
        """
        started = self._pace.monotonic()
        with self._display.waiting(f"ask every {POLL_SECONDS:g} s until {why}"):
            answer, took = send(request), 0.0
            while answer.status != 401 and took < seconds:
                self._pace.sleep(POLL_SECONDS)
                answer, took = send(request), self._pace.monotonic() - started
        self._display.sending(request)
        self._display.entry(answer)
        self.refused(answer, 401, "invalid_token")
        # Whatever was let in had been sent before the bound was reached, since the loop asks only until then.
        self.expect(
            f"{why} after {took:.1f} s; the bound is {seconds:g} s", held=answer.status == 401, found=answer.status
        )
