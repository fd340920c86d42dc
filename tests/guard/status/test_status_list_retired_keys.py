"""News of withdrawn signing keys, which the status list carries."""

import pytest

from tests.guard.minting import KEY, LIST_URL, NEXT_KEY, NOW, list_answer
from tests.guard.scripted import ScriptedOutside
from tests.guard.status.list_server import CountingKeys, check, make, refusal
from tokensmith.guard.status import StatusLists


@pytest.fixture
def outside() -> ScriptedOutside:
    return ScriptedOutside({LIST_URL: list_answer()})


@pytest.fixture
def keys() -> CountingKeys:
    return CountingKeys()


@pytest.fixture
def lists(outside: ScriptedOutside, keys: CountingKeys) -> StatusLists:
    return make(outside, keys)


def test_a_withdrawn_key_is_refused_from_the_list_on(
    lists: StatusLists, outside: ScriptedOutside, keys: CountingKeys
) -> None:
    """Whatever the key set still says; and the key set is asked for again."""
    check(lists, outside)
    outside.documents[LIST_URL] = list_answer(key=NEXT_KEY, iat=NOW + 1, retired_kids=["k1"])
    outside.seconds += 5

    assert refusal(lists, outside, kid="k1") == "retired_key"
    assert refusal(lists, outside, {}, kid="k1") == "retired_key"
    check(lists, outside, kid="k2")
    check(lists, outside, kid=None)
    assert keys.expired == 1


def test_the_key_set_is_not_asked_for_again_for_old_news(
    lists: StatusLists, outside: ScriptedOutside, keys: CountingKeys
) -> None:
    for second in range(3):
        outside.documents[LIST_URL] = list_answer(key=NEXT_KEY, iat=NOW + second, retired_kids=["k1"])
        check(lists, outside, kid="k2")
        outside.seconds += 5

    assert keys.expired == 1


@pytest.mark.parametrize("known_before", [False, True])
def test_a_list_signed_by_a_withdrawn_key_is_not_believed(
    lists: StatusLists, outside: ScriptedOutside, known_before: bool
) -> None:
    """Whoever stole the key could withdraw all the others with it."""
    outside.documents[LIST_URL] = list_answer(key=NEXT_KEY, retired_kids=["k1"] if known_before else [])
    check(lists, outside, kid="k2")
    forged = ["k2"] if known_before else ["k1", "k2"]
    outside.documents[LIST_URL] = list_answer({7}, key=KEY, iat=NOW + 1, retired_kids=forged)
    outside.seconds += 5

    check(lists, outside, kid="k2")
