"""Has this token been revoked, and how old may the answer be?"""

import pytest

from tests.guard.minting import ISSUER, LIST_URL, NOW, list_answer, status_claim
from tests.guard.scripted import ScriptedOutside
from tests.guard.status.list_server import CountingKeys, check, make, refusal
from tokensmith.guard import UnavailableError
from tokensmith.guard.status import StatusLists
from tokensmith.guard.status.status_list import _MAX_LISTS
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


def test_a_zero_bit_passes_and_a_one_is_revoked(lists: StatusLists, outside: ScriptedOutside) -> None:
    """Token Status List §7.1."""
    outside.documents[LIST_URL] = list_answer({7})

    check(lists, outside, {"status": status_claim(6)})
    assert refusal(lists, outside) == "revoked"


def test_an_index_behind_the_end_is_refused(lists: StatusLists, outside: ScriptedOutside) -> None:
    """J76: Token Status List §8.3 step 6."""
    check(lists, outside, {"status": status_claim(63)})
    for index in (64, 10**30):
        assert refusal(lists, outside, {"status": status_claim(index)}) == "status_index"


def test_a_token_without_status_passes_unless_one_is_promised(outside: ScriptedOutside, keys: CountingKeys) -> None:
    """Leaving the claim out must not be a way around revocation."""
    check(make(outside, keys), outside, {})
    assert refusal(make(outside, keys, promised=True), outside, {}) == "status_missing"
    assert outside.fetched == []


def test_the_metadatas_promise_counts_too(outside: ScriptedOutside, keys: CountingKeys) -> None:
    """Token Status List §9.1."""
    keys.promises_status = True

    assert refusal(make(outside, keys), outside, {}) == "status_missing"


def test_nothing_is_asked_for_a_list_in_hand(lists: StatusLists, outside: ScriptedOutside) -> None:
    for _ in range(100):
        check(lists, outside)

    assert len(outside.fetched) == 1


@pytest.mark.parametrize(
    ("after", "background", "fetched"),
    [(1.9, 0, 1), (2.0, 1, 1), (4.9, 1, 1), (5.0, 0, 2)],
)
def test_a_list_is_renewed_beside_the_request_and_from_the_bound_on_before_it(
    lists: StatusLists, outside: ScriptedOutside, after: float, background: int, fetched: int
) -> None:
    """Poll every 2 seconds; nothing older than 5 is used while the issuer answers."""
    check(lists, outside)
    outside.seconds += after
    check(lists, outside)

    assert (len(outside.background), len(outside.fetched)) == (background, fetched)


def test_a_revocation_is_seen_within_the_bound(lists: StatusLists, outside: ScriptedOutside) -> None:
    check(lists, outside)
    outside.documents[LIST_URL] = list_answer({7}, iat=NOW + 1)
    outside.seconds += 4.9
    check(lists, outside)
    outside.run_background()

    assert refusal(lists, outside) == "revoked"


def test_an_idle_guard_asks_before_it_answers(lists: StatusLists, outside: ScriptedOutside) -> None:
    check(lists, outside)
    outside.documents[LIST_URL] = list_answer({7}, iat=NOW + 1)
    outside.seconds += 5

    assert refusal(lists, outside) == "revoked"


def test_ages_count_from_the_start_of_the_fetch(lists: StatusLists, outside: ScriptedOutside) -> None:
    """What changed while the answer was on its way is not in it."""
    outside.fetch_takes = 1.5
    check(lists, outside)
    assert lists.age(outside.seconds) == 1.5
    outside.seconds += 0.5
    check(lists, outside)

    assert len(outside.background) == 1


def test_without_lists_there_is_no_age(lists: StatusLists, outside: ScriptedOutside) -> None:
    assert lists.age(outside.seconds) is None


def test_an_older_list_than_the_one_in_hand_is_refused(lists: StatusLists, outside: ScriptedOutside) -> None:
    """F17: Signed and all, it would undo every revocation since (replay)."""
    outside.documents[LIST_URL] = list_answer({7})
    assert refusal(lists, outside) == "revoked"
    outside.documents[LIST_URL] = list_answer(iat=NOW - 1)
    outside.seconds += 10

    assert refusal(lists, outside) == "revoked"
    outside.seconds += 60
    with pytest.raises(UnavailableError):
        check(lists, outside)


def test_a_list_of_the_same_second_is_taken(lists: StatusLists, outside: ScriptedOutside) -> None:
    """Two changes in one second are ordinary."""
    check(lists, outside)
    outside.documents[LIST_URL] = list_answer({7})
    outside.seconds += 5

    assert refusal(lists, outside) == "revoked"


def test_an_unchanged_list_is_confirmed_by_its_tag(lists: StatusLists, outside: ScriptedOutside) -> None:
    """RFC 9110 §13.1.2; and no cache on the way may answer for the issuer (RFC 9111 §5.2.1.4)."""
    outside.documents[LIST_URL] = list_answer(etag='"9"')
    check(lists, outside)
    outside.documents[LIST_URL] = Response(status=304, headers={}, body=b"")
    outside.seconds += 100
    check(lists, outside)

    assert outside.sent_headers[0].keys() == {"Accept", "Cache-Control"}
    assert outside.sent_headers[1]["If-None-Match"] == '"9"'
    assert outside.sent_headers[1]["Cache-Control"] == "no-cache"
    assert lists.age(outside.seconds) == 0


def test_not_modified_does_not_keep_an_expired_list_alive(lists: StatusLists, outside: ScriptedOutside) -> None:
    """Token Status List §8.3 step 4c: it is asked for whole, and an answer without one is none."""
    outside.documents[LIST_URL] = list_answer(etag='"9"', exp=NOW + 20)
    check(lists, outside)
    outside.documents[LIST_URL] = Response(status=304, headers={}, body=b"")
    outside.seconds += 29
    check(lists, outside)
    outside.seconds += 1
    with pytest.raises(UnavailableError):
        check(lists, outside)

    assert "If-None-Match" not in outside.sent_headers[-1]


def test_an_expired_list_is_replaced_before_it_is_used(lists: StatusLists, outside: ScriptedOutside) -> None:
    """F17: However young it is in our hands."""
    outside.documents[LIST_URL] = list_answer(exp=NOW - 9)
    check(lists, outside)
    outside.documents[LIST_URL] = list_answer({7}, iat=NOW + 1)
    outside.seconds += 1

    assert refusal(lists, outside) == "revoked"


def test_the_number_of_lists_in_hand_is_bounded(lists: StatusLists, outside: ScriptedOutside) -> None:
    """A stolen key could sign tokens that point anywhere on the issuer's host."""
    for number in range(_MAX_LISTS + 5):
        with pytest.raises(UnavailableError):
            check(lists, outside, {"status": status_claim(1, f"{ISSUER}/invented/{number}")})

    assert len(lists._entries) == _MAX_LISTS
    check(lists, outside)


def test_an_asker_that_comes_late_does_not_ask_again(lists: StatusLists, outside: ScriptedOutside) -> None:
    """It looked before another one's fetch ended, and joins after it: what it wants is there."""
    check(lists, outside)
    outside.seconds += 3
    check(lists, outside)
    outside.seconds += 3
    check(lists, outside)
    assert len(outside.fetched) == 2
    outside.run_background()

    assert len(outside.fetched) == 2
