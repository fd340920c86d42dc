"""The issuer says which list changed, and the guard fetches it then and not at its next poll (decision 7)."""

import pytest

from tests.guard.minting import ISSUER, LIST_URL, list_answer
from tests.guard.scripted import ScriptedOutside
from tests.guard.status.list_server import CountingKeys, check, make, refusal
from tokensmith.guard.status import StatusLists
from tokensmith.outbound import FetchError
from tokensmith.outbound.outside import Work

FEED = f"{ISSUER}/status/feed"
CHANGED = f"data: {LIST_URL}".encode()
ENDED = FetchError("Nobody answers.", code="unreachable")


class FeedKeys(CountingKeys):
    """Keys of an issuer that has a feed."""

    status_feed = FEED  # type: ignore[assignment]


class BusyOutside(ScriptedOutside):
    """The first wait for a fetch joins one that was under way before."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.joins = 0

    async def shared(self, name: str, work: Work) -> None:
        self.joins += 1
        if self.joins != 2:
            await work()


@pytest.fixture
def outside() -> ScriptedOutside:
    return ScriptedOutside({LIST_URL: list_answer()})


@pytest.fixture
def lists(outside: ScriptedOutside) -> StatusLists:
    return make(outside, FeedKeys())


def hear(outside: ScriptedOutside, *lines: bytes) -> None:
    """Let the feed say this to whoever listens; the list is another one from now on."""
    outside.feeds[FEED] = [*lines]
    outside.seconds += 0.1
    outside.documents[LIST_URL] = list_answer(revoked=[7])
    outside.run_background()


def test_a_list_that_changed_is_fetched_at_once(lists: StatusLists, outside: ScriptedOutside) -> None:
    check(lists, outside)
    hear(outside, CHANGED, b"")

    assert outside.fetched == [LIST_URL, FEED, LIST_URL]
    assert refusal(lists, outside) == "revoked"
    assert len(outside.fetched) == 3


def test_a_fetch_that_was_under_way_does_not_count(outside: ScriptedOutside) -> None:
    """It may have asked before the change."""
    busy = BusyOutside(dict(outside.documents))
    lists = make(busy, FeedKeys())
    check(lists, busy)
    hear(busy, CHANGED)

    assert busy.fetched == [LIST_URL, FEED, LIST_URL]
    assert refusal(lists, busy) == "revoked"


@pytest.mark.parametrize(
    "line", [b":", b"", b"id: 1", f"data: {ISSUER}/status/2".encode(), b"data: https://evil.test/", b"data: \xff"]
)
def test_nothing_is_fetched_for_what_we_do_not_hold(lists: StatusLists, outside: ScriptedOutside, line: bytes) -> None:
    """G04: whoever could write into the feed does not choose whom we ask."""
    check(lists, outside)
    hear(outside, line)

    assert outside.fetched == [LIST_URL, FEED]


def test_a_feed_that_ended_is_left_alone_for_five_seconds(lists: StatusLists, outside: ScriptedOutside) -> None:
    """An issuer that is down is asked for its list already."""
    check(lists, outside)
    outside.run_background()
    outside.seconds += 4.9
    check(lists, outside)

    assert f"feed {FEED}" not in outside.background

    outside.seconds += 4.9
    check(lists, outside)

    assert f"feed {FEED}" in outside.background


def test_without_the_feed_the_poll_goes_on(lists: StatusLists, outside: ScriptedOutside) -> None:
    check(lists, outside)
    outside.feeds[FEED] = [ENDED]
    outside.run_background()
    outside.seconds += 2
    outside.documents[LIST_URL] = list_answer(revoked=[7])
    check(lists, outside)
    outside.run_background()

    assert refusal(lists, outside) == "revoked"


def test_an_issuer_without_a_feed_is_not_listened_to(outside: ScriptedOutside) -> None:
    check(make(outside, CountingKeys()), outside)

    assert outside.background == {}


def test_the_feed_is_read_with_limits(lists: StatusLists, outside: ScriptedOutside) -> None:
    """Its silence included: a feed that stands still is given up."""
    check(lists, outside)
    hear(outside, b":")

    assert outside.rules[-1].trusted_origin == ISSUER
    assert outside.rules[-1].total_seconds == 10
