"""What is done about revocation while the issuer does not answer."""

import pytest

from tests.guard.minting import ISSUER, LIST_URL, NOW, list_answer
from tests.guard.scripted import ScriptedOutside
from tests.guard.status.list_server import DOWN, CountingKeys, check, make, refusal
from tokensmith.guard import UnavailableError
from tokensmith.guard.status import StatusLists
from tokensmith.outbound import Response


@pytest.fixture
def outside() -> ScriptedOutside:
    return ScriptedOutside({LIST_URL: list_answer()})


@pytest.fixture
def keys() -> CountingKeys:
    return CountingKeys()


@pytest.fixture
def lists(outside: ScriptedOutside, keys: CountingKeys) -> StatusLists:
    return make(outside, keys)


def test_a_list_that_never_came_is_our_trouble(lists: StatusLists, outside: ScriptedOutside) -> None:
    """503 and not 401, and never a pass."""
    outside.documents[LIST_URL] = DOWN
    with pytest.raises(UnavailableError) as caught:
        check(lists, outside)

    assert caught.value.code == "status_unavailable"
    assert lists.age(outside.seconds) is None


@pytest.mark.parametrize(("after", "usable"), [(59.9, True), (60.0, False)])
def test_a_silent_issuer_is_done_without_for_a_minute(
    lists: StatusLists, outside: ScriptedOutside, after: float, usable: bool
) -> None:
    """max_stale: what was revoked meanwhile is not known, and that has an end."""
    check(lists, outside)
    outside.documents[LIST_URL] = DOWN
    outside.seconds += after
    if usable:
        check(lists, outside)
    else:
        with pytest.raises(UnavailableError):
            check(lists, outside)


@pytest.mark.parametrize(("after", "usable"), [(4.9, True), (5.0, False)])
def test_the_strict_setting_ends_at_the_bound(
    outside: ScriptedOutside, keys: CountingKeys, after: float, usable: bool
) -> None:
    lists = make(outside, keys, max_stale=5)
    check(lists, outside)
    outside.documents[LIST_URL] = DOWN
    outside.seconds += after
    if usable:
        check(lists, outside)
    else:
        with pytest.raises(UnavailableError):
            check(lists, outside)


def test_an_outage_is_waited_for_once_and_then_watched_from_aside(lists: StatusLists, outside: ScriptedOutside) -> None:
    """Requests must not queue up behind a host that does not answer."""
    check(lists, outside)
    outside.documents[LIST_URL] = DOWN
    outside.seconds += 6
    check(lists, outside)
    assert len(outside.fetched) == 2
    outside.seconds += 1.9
    check(lists, outside)
    assert (len(outside.fetched), len(outside.background)) == (2, 0)
    outside.seconds += 0.1
    check(lists, outside)

    assert (len(outside.fetched), len(outside.background)) == (2, 1)


def test_after_a_quiet_time_the_issuer_gets_another_chance_first(lists: StatusLists, outside: ScriptedOutside) -> None:
    """That it failed long ago says nothing about now."""
    check(lists, outside)
    outside.documents[LIST_URL] = DOWN
    outside.seconds += 6
    check(lists, outside)
    outside.documents[LIST_URL] = list_answer({7}, iat=NOW + 1)
    outside.seconds += 5

    assert refusal(lists, outside) == "revoked"


def test_a_list_that_never_came_is_not_asked_for_at_once_again(lists: StatusLists, outside: ScriptedOutside) -> None:
    outside.documents[LIST_URL] = DOWN
    for after in (1.9, 0.1):
        with pytest.raises(UnavailableError):
            check(lists, outside)
        outside.seconds += after
    assert len(outside.fetched) == 1
    outside.documents[LIST_URL] = list_answer()
    check(lists, outside)

    assert len(outside.fetched) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Response(status=500, headers={}, body=b""),
        Response(status=200, headers={}, body=b"<html>"),
        list_answer(sub=f"{ISSUER}/status/2"),
        list_answer(exp=NOW - 1000),
    ],
)
def test_a_bad_answer_is_as_good_as_none(lists: StatusLists, outside: ScriptedOutside, answer: Response) -> None:
    check(lists, outside)
    outside.documents[LIST_URL] = answer
    outside.seconds += 10
    check(lists, outside)
    outside.seconds += 50

    with pytest.raises(UnavailableError):
        check(lists, outside)
