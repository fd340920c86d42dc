"""An issuer's keys over the network: when they are asked for."""

import pytest

from tests.guard.keys.key_server import (
    ISSUER,
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
from tests.guard.scripted import ScriptedOutside, json_answer, run
from tokensmith.guard.keys import RemoteKeys
from tokensmith.guard.keys.remote import COOLDOWN_SECONDS, MISSING_SECONDS
from tokensmith.jose.errors import RefusedTokenError, UnknownKeyError
from tokensmith.outbound import FetchRules, Response


@pytest.fixture
def outside() -> ScriptedOutside:
    return issuer_online()


@pytest.fixture
def keys() -> RemoteKeys:
    return remote_keys()


def test_metadata_and_keys_are_fetched_at_the_first_use(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    assert outside.fetched == []
    assert find(keys, outside) == "old"
    assert outside.fetched == [METADATA, KEYS]
    assert {rules.trusted_origin for rules in outside.rules} == {ISSUER}


def test_a_named_jwks_uri_needs_no_metadata(outside: ScriptedOutside) -> None:
    keys = RemoteKeys(ISSUER, rules=FetchRules(trusted_origin=ISSUER), jwks_uri=KEYS)

    assert find(keys, outside) == "old"
    assert outside.fetched == [KEYS]
    assert not keys.promises_status


@pytest.mark.parametrize(("after", "background", "fetched"), [(79, 0, 1), (80, 1, 1), (99, 1, 1), (100, 0, 2)])
def test_keys_are_used_while_fresh_and_renewed_ahead(
    keys: RemoteKeys, outside: ScriptedOutside, after: int, background: int, fetched: int
) -> None:
    """RFC 9111 §4.2: max-age is honoured; the last fifth of it is for asking in the background."""
    find(keys, outside)
    outside.seconds += after
    find(keys, outside)

    assert (len(outside.background), fetches(outside)) == (background, fetched)


def test_freshness_counts_from_the_start_of_the_fetch(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """What changed while the answer was on its way is not in it."""
    outside.fetch_takes = 30
    find(keys, outside)

    assert keys.age(outside.seconds) == 60


def test_renewing_in_the_background_brings_new_keys(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    find(keys, outside)
    outside.documents[KEYS] = key_set(NEW)
    outside.seconds += 80
    find(keys, outside)

    assert outside.run_background() == 1
    assert find(keys, outside, "new") == "new"


def test_a_key_that_left_the_set_is_gone_when_max_age_is_over(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """G09: A withdrawn key must not live on in a cache."""
    find(keys, outside)
    outside.documents[KEYS] = key_set(NEW)
    outside.seconds += 100
    with pytest.raises(UnknownKeyError):
        find(keys, outside, "old")


def test_an_unknown_kid_is_asked_for_once_per_cooldown(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """J34, G03: A flood of invented key ids costs the issuer one request per cooldown (CVE-2026-48524)."""
    find(keys, outside)
    outside.seconds += COOLDOWN_SECONDS
    for number in range(50):
        with pytest.raises(UnknownKeyError):
            find(keys, outside, f"invented-{number}")

    assert fetches(outside) == 2


@pytest.mark.parametrize(("after", "fetched"), [(COOLDOWN_SECONDS - 1, 1), (COOLDOWN_SECONDS, 2)])
def test_the_cooldown_counts_from_the_last_fetch(
    keys: RemoteKeys, outside: ScriptedOutside, after: int, fetched: int
) -> None:
    find(keys, outside)
    outside.seconds += after
    with pytest.raises(UnknownKeyError):
        find(keys, outside, "new")

    assert fetches(outside) == fetched


def test_a_new_key_is_found_by_asking(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """OpenID Connect Core §10.1.1: rotation without notice."""
    find(keys, outside)
    outside.seconds += COOLDOWN_SECONDS
    outside.documents[KEYS] = key_set(OLD, NEW)

    assert find(keys, outside, "new") == "new"


@pytest.mark.parametrize(("after", "fetched"), [(MISSING_SECONDS - 1, 2), (MISSING_SECONDS, 3)])
def test_a_kid_that_was_not_there_is_not_asked_for_again_soon(
    keys: RemoteKeys, outside: ScriptedOutside, after: int, fetched: int
) -> None:
    """One client with an old token must not use up what the cooldown allows."""
    find(keys, outside)
    outside.seconds += COOLDOWN_SECONDS
    with pytest.raises(UnknownKeyError):
        find(keys, outside, "gone")
    outside.seconds += after
    with pytest.raises(UnknownKeyError):
        find(keys, outside, "gone")

    assert fetches(outside) == fetched


def test_the_memory_of_missing_kids_is_bounded(
    keys: RemoteKeys, outside: ScriptedOutside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G03: Strangers choose what is not there."""
    monkeypatch.setattr("tokensmith.guard.keys.remote._MAX_MISSING", 3)
    outside.documents[KEYS] = key_set(OLD, max_age=3600)
    find(keys, outside)
    for number in range(7):
        outside.seconds += COOLDOWN_SECONDS
        with pytest.raises(UnknownKeyError):
            find(keys, outside, f"invented-{number}")

    assert len(keys._missing) <= 3


def test_a_refused_header_is_no_reason_to_ask(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """An algorithm that no key of ours has will not be mended by newer keys."""
    find(keys, outside)
    outside.seconds += COOLDOWN_SECONDS
    with pytest.raises(RefusedTokenError):
        run(keys.find({"alg": "none", "kid": "old"}, outside))

    assert fetches(outside) == 1


def test_an_unchanged_set_is_kept_and_fresh_again(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """RFC 9110 §13.1.2: If-None-Match, and 304 in answer; the tag survives an answer without one."""
    outside.documents[KEYS] = key_set(OLD, etag='"1"')
    find(keys, outside)
    outside.documents[KEYS] = Response(status=304, headers={"cache-control": "max-age=100"}, body=b"")
    for _ in range(2):
        outside.seconds += 100
        assert find(keys, outside) == "old"

        assert outside.sent_headers[-1]["If-None-Match"] == '"1"'
    assert fetches(outside) == 3


def test_the_metadata_is_read_again_after_an_hour(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """Issuers move their keys; another URL does not share the old one's entity tag."""
    outside.documents[KEYS] = key_set(OLD, etag='"1"')
    find(keys, outside)
    moved = f"{ISSUER}/moved"
    outside.documents |= {METADATA: json_answer({"issuer": ISSUER, "jwks_uri": moved}), moved: key_set(NEW)}
    outside.seconds += 3599
    find(keys, outside)
    assert outside.fetched[-1] == KEYS
    outside.seconds += 3600

    assert find(keys, outside, "new") == "new"
    assert "If-None-Match" not in outside.sent_headers[-1]


def test_the_promise_of_a_status_list_comes_from_the_metadata(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """Token Status List §9.1."""
    outside.documents[METADATA] = json_answer(
        {
            "issuer": ISSUER,
            "jwks_uri": KEYS,
            "status_list_aggregation_endpoint": f"{ISSUER}/status",
            "status_list_feed_endpoint": f"{ISSUER}/status/feed",
        }
    )
    assert not keys.promises_status
    assert keys.status_feed is None
    find(keys, outside)

    assert keys.promises_status
    assert keys.status_feed == f"{ISSUER}/status/feed"


def test_expiring_asks_at_the_next_use_whatever_was_asked_when(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """A key was withdrawn: neither freshness nor cooldown may delay the news."""
    keys.expire()
    assert keys.age(outside.seconds) is None
    find(keys, outside)
    with pytest.raises(UnknownKeyError):
        find(keys, outside, "new")
    outside.documents[KEYS] = key_set(NEW)
    keys.expire()

    assert find(keys, outside, "new") == "new"


def test_an_asker_that_comes_late_does_not_ask_again(keys: RemoteKeys, outside: ScriptedOutside) -> None:
    """It looked before another one's fetch ended, and joins after it: what it wants is there."""
    outside.documents[KEYS] = key_set(OLD)
    find(keys, outside)
    outside.seconds += 80
    find(keys, outside)
    outside.seconds += 20
    find(keys, outside)
    late = dict(outside.background)
    assert fetches(outside) == 2
    find(keys, outside)
    outside.background = late
    outside.run_background()

    assert fetches(outside) == 2
