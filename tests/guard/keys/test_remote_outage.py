"""An issuer's keys over the network: what happens when they cannot be had."""

import pytest

from tests.guard.keys.key_server import (
    DOWN,
    KEYS,
    METADATA,
    NEW,
    OLD,
    fetches,
    find,
    issuer_online,
    key_set,
    remote_keys,
)
from tests.guard.scripted import ScriptedOutside, json_answer
from tokensmith.guard import UnavailableError
from tokensmith.guard.keys import RemoteKeys
from tokensmith.guard.keys.remote import COOLDOWN_SECONDS, MAX_STALE_SECONDS, RETRY_SECONDS
from tokensmith.jose import Key
from tokensmith.outbound import FetchError, Response


@pytest.fixture
def outside() -> ScriptedOutside:
    return issuer_online()


@pytest.fixture
def keys() -> RemoteKeys:
    return remote_keys()


def test_without_any_keys_the_token_is_not_to_blame(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """503 and not 401: a good client would throw its token away."""
    outside.documents[KEYS] = DOWN
    with pytest.raises(UnavailableError) as caught:
        find(keys, outside)

    assert (caught.value.code, caught.value.retry_after) == ("keys_unavailable", RETRY_SECONDS)


@pytest.mark.parametrize(("after", "asked"), [(RETRY_SECONDS - 1, 1), (RETRY_SECONDS, 2)])
def test_a_failed_fetch_is_not_repeated_at_once(
    keys: RemoteKeys, outside: ScriptedOutside, after: float, asked: int
) -> None:
    """A thousand requests must not become a thousand attempts on a host that is down."""
    outside.documents[KEYS] = DOWN
    for _ in range(2):
        with pytest.raises(UnavailableError):
            find(keys, outside)
        outside.seconds += after

    assert fetches(outside) == asked


def test_it_recovers_by_itself(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    outside.documents[KEYS] = DOWN
    with pytest.raises(UnavailableError):
        find(keys, outside)
    outside.documents[KEYS] = key_set(OLD)
    outside.seconds += RETRY_SECONDS

    assert find(keys, outside) == "old"


@pytest.mark.parametrize(
    "answer",
    [
        DOWN,
        Response(status=500, headers={}, body=b""),
        Response(status=200, headers={}, body=b"<html>"),
        json_answer({"keys": []}),
        json_answer({"keys": [Key.generate("HS256").to_jwk(private=True)]}),
    ],
)
def test_a_failure_never_empties_what_is_in_hand(
    keys: RemoteKeys, outside: ScriptedOutside, answer: Response | FetchError
) -> None:
    """G03: Stale if error (RFC 5861 §4): a cache that is wiped by a failure is a denial of service."""
    find(keys, outside)
    outside.documents[KEYS] = answer
    outside.seconds += 200

    assert find(keys, outside) == "old"


@pytest.mark.parametrize(("after", "usable"), [(MAX_STALE_SECONDS - 1, True), (MAX_STALE_SECONDS, False)])
def test_stale_keys_have_an_end(keys: RemoteKeys, outside: ScriptedOutside, after: int, usable: bool) -> None:
    """G03: Who can keep us from asking must not keep a withdrawn key alive for ever."""
    find(keys, outside)
    outside.documents[KEYS] = DOWN
    outside.seconds += after
    if usable:
        assert find(keys, outside) == "old"
    else:
        with pytest.raises(UnavailableError):
            find(keys, outside)


def test_an_unknown_kid_during_an_outage_is_not_called_bad(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """It may be of a new key that we could not learn of."""
    find(keys, outside)
    outside.documents[KEYS] = DOWN
    outside.seconds += COOLDOWN_SECONDS
    with pytest.raises(UnavailableError):
        find(keys, outside, "new")
    assert find(keys, outside, "old") == "old"


def test_not_modified_without_anything_in_hand_is_a_failure(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    outside.documents[KEYS] = Response(status=304, headers={}, body=b"")
    with pytest.raises(UnavailableError):
        find(keys, outside)


def test_old_metadata_serves_while_new_cannot_be_had(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    find(keys, outside)
    outside.documents[METADATA] = DOWN
    outside.documents[KEYS] = key_set(NEW)
    outside.seconds += 4000

    assert find(keys, outside, "new") == "new"


def test_keys_that_were_expired_serve_on_when_nobody_answers(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    find(keys, outside)
    keys.expire()
    outside.documents[KEYS] = DOWN

    assert find(keys, outside) == "old"
