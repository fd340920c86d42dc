"""What a guard does while its token server fails: the table in docs/reliability.md, which these tests make."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.architecture.tree import TOP
from tests.guard.local_issuer import AUDIENCE, Fault, LocalIssuer, listening
from tests.guard.minting import bearer
from tokensmith.guard import Guard, GuardError, Issuer, RequestFacts

PAGE = TOP / "docs" / "reliability.md"
FAULTS: dict[Fault, str] = {
    "stopped": "stopped: no answer",
    "slow": "slow: answers after 10 s",
    "500": "broken: every answer a 500",
    "garbage": "garbage: a page in HTML",
    "huge": "huge: 10 MB",
    "wrong issuer": "metadata and lists of another issuer",
}
# Seconds after which the service is asked while the server fails, from when its keys and lists were fetched.
AGES = (4, 40, 61)


class Hand:
    """The guard's clock and its ages, moved by hand from what they really are."""

    def __init__(self, *, wrong_by: float = 0) -> None:
        self.passed = 0.0
        self.wrong_by = wrong_by

    def now(self) -> float:
        return time.time() + self.wrong_by

    def monotonic(self) -> float:
        return time.monotonic() + self.passed


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with listening() as local:
        yield local


def guard_of(issuer: LocalIssuer, hand: Hand, *, leeway: int = 10) -> Guard:
    return Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=leeway), clock=hand, monotonic=hand.monotonic)


def settle(issuer: LocalIssuer) -> None:
    """Wait for the fetch that goes on beside an answer; its thread has the name of what it fetches."""
    for thread in threading.enumerate():
        if issuer.url in thread.name:
            thread.join(30)


def outcome(guard: Guard, facts: RequestFacts) -> str:
    try:
        guard.authenticate_sync(facts)
    except GuardError as error:
        return f"{error.status} `{error.code}`"
    return "let in"


def walked(issuer: LocalIssuer, fault: Fault) -> list[str]:
    """Ask a service that has just started, then one that was running; and both when it is over."""
    facts, hand = bearer(issuer.token()), Hand()
    issuer.fault = fault
    started = guard_of(issuer, hand)
    seen = [outcome(started, facts)]
    issuer.fault = None
    running = guard_of(issuer, hand)
    assert outcome(running, facts) == "let in"
    issuer.fault = fault
    for passed in (AGES[0], AGES[1] - AGES[0], AGES[2] - AGES[1]):
        hand.passed += passed
        seen.append(outcome(running, facts))
        settle(issuer)
    issuer.fault = None
    issuer.over.set()
    hand.passed += 15
    again = {outcome(started, facts), outcome(running, facts)}
    return [*seen, again.pop() if len(again) == 1 else str(again)]


def row(name: str, cells: list[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_server_is_our_trouble_and_nobodys_logout(issuer: LocalIssuer, fault: Fault) -> None:
    """A good token is let in while what is in hand may be used, then a 503; never a 401, and good again afterwards."""
    cells = walked(issuer, fault)

    assert row(FAULTS[fault], cells) in PAGE.read_text()
    assert cells[1:3] == ["let in", "let in"]
    assert cells[0].startswith("503")
    assert cells[3].startswith("503")
    assert cells[4] == "let in"


@pytest.mark.parametrize(
    ("wrong_by", "leeway", "name"),
    [
        (120, 10, "2 minutes ahead"),
        (-120, 10, "2 minutes behind"),
        (-120, 180, "2 minutes behind, with `leeway=180`"),
    ],
)
def test_a_wrong_clock_is_seen_in_the_table(issuer: LocalIssuer, wrong_by: float, leeway: int, name: str) -> None:
    hand = Hand(wrong_by=wrong_by)
    cells = [outcome(guard_of(issuer, hand, leeway=leeway), bearer(issuer.token()))]

    assert row(name, cells) in PAGE.read_text()
