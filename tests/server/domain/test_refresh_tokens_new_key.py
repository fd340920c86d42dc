"""Refresh tokens across a change of the rotation key: the old one proves, the new one makes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server.domain.test_refresh_tokens import BORN_MS, FIRST, KEY, WINDOWS, family, rotated, verdict
from tests.server.fake_sealing import FixedRotationKeys
from tokensmith.server.domain.errors import SealError
from tokensmith.server.domain.refresh_tokens import (
    MAX_STEPS,
    EarlierKey,
    Family,
    Redeem,
    RefreshToken,
    Refuse,
    Repeat,
    Reuse,
)

NEW_KEY = b"n" * 32
BOTH_KEYS = FixedRotationKeys({"new": NEW_KEY, "key": KEY})


def redeemed(row: Family, token: RefreshToken, *, at: int, keys: FixedRotationKeys) -> tuple[RefreshToken, Family]:
    """Redeem the current token; return its successor and the row after it."""
    found = verdict(token, row, at=at, keys=keys)
    assert isinstance(found, Redeem)
    return found.answer, row.advanced(found, now_ms=BORN_MS + at * 1000, lifetimes=WINDOWS, key_thumbprint=None)


def test_after_a_change_of_key_the_next_token_is_made_with_the_new_one() -> None:
    """A sealing key that leaked, and its rotation key with it, makes nothing any more."""
    tokens, row = rotated(100, 200)
    successor, after = redeemed(row, tokens[-1], at=300, keys=BOTH_KEYS)

    assert successor == tokens[-1].successor(rotation_key=NEW_KEY)
    assert (after.key_id, after.earlier_keys) == ("new", (EarlierKey("key", 2),))
    assert after.key_ids == ("new", "key")


def test_older_tokens_prove_themselves_across_a_change_of_key() -> None:
    """Each hop with the key that made it: a replay is still told from a guess, and ends the family."""
    tokens, row = rotated(100, 200)
    current, row = redeemed(row, tokens[-1], at=300, keys=BOTH_KEYS)
    current, row = redeemed(row, current, at=400, keys=BOTH_KEYS)

    assert [verdict(token, row, at=500, keys=BOTH_KEYS) for token in tokens] == [Reuse(4), Reuse(3), Reuse(2)]
    guess = replace(tokens[0], secret=b"g" * 32)
    assert verdict(guess, row, at=500, keys=BOTH_KEYS) == Refuse(code="refresh_token_unproven")


def test_a_race_across_a_change_of_key_is_answered_with_the_current_token() -> None:
    """Nobody is logged out because a key was changed between two tabs."""
    tokens, row = rotated(100)
    current, row = redeemed(row, tokens[-1], at=200, keys=BOTH_KEYS)

    assert [verdict(token, row, at=205, keys=BOTH_KEYS) for token in tokens[1:]] == [Repeat(current)]
    assert verdict(tokens[1], row, at=259.999, keys=BOTH_KEYS) == Repeat(current)
    assert verdict(tokens[1], row, at=260, keys=BOTH_KEYS) == Reuse(1)


def test_who_holds_an_old_token_and_the_old_key_gets_no_further_than_the_change() -> None:
    """What the change is for: both together lead to the last token that the old key has made."""
    tokens, row = rotated(100, 200)
    current, row = redeemed(row, tokens[-1], at=300, keys=BOTH_KEYS)
    forged = tokens[0]
    for _ in range(row.generation):
        forged = forged.successor(rotation_key=KEY)

    assert forged.generation == current.generation
    assert verdict(forged, row, at=301, keys=BOTH_KEYS) == Refuse(code="refresh_token_unproven")


def test_a_family_that_was_never_refreshed_needs_no_old_key() -> None:
    """Its first token was drawn, not chained."""
    _, row = redeemed(family(), FIRST, at=100, keys=BOTH_KEYS)

    assert (row.key_id, row.earlier_keys) == ("new", ())


@pytest.mark.parametrize(("until", "is_kept"), [(1, False), (2, True)])
def test_a_key_that_could_only_prove_what_is_too_old_is_forgotten(until: int, is_kept: bool) -> None:
    """The last token it made must still be within reach."""
    earlier = EarlierKey("key", until)
    row = replace(family(), generation=MAX_STEPS, key_id="new", earlier_keys=(earlier,))
    moved = Redeem(replace(FIRST, generation=MAX_STEPS + 1), "new")
    after = row.advanced(moved, now_ms=BORN_MS, lifetimes=WINDOWS, key_thumbprint=None)

    assert after.earlier_keys == ((earlier,) if is_kept else ())


def test_a_key_that_is_not_there_is_no_refusal_of_the_token() -> None:
    """An operator's mistake: the token is good, so its owner must not be told to sign in again."""
    tokens, row = rotated(100)
    with pytest.raises(SealError) as caught:
        verdict(tokens[0], row, at=101, keys=FixedRotationKeys({"new": NEW_KEY}))

    assert caught.value.code == "sealing_key_unknown"


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=12), st.integers(0, 12))
def test_whichever_keys_made_them_all_tokens_of_a_family_are_recognised(key_ids: list[str], index: int) -> None:
    """Also where processes learn of a change at different moments, and a family goes back and forth."""
    tokens, row = [FIRST], replace(family(), key_id="a")
    for at, key_id in enumerate(key_ids):
        keys = FixedRotationKeys({key_id: key_id.encode() * 32} | {each: each.encode() * 32 for each in "abc"})
        token, row = redeemed(row, tokens[-1], at=at * 100, keys=keys)
        tokens.append(token)
    old = min(index, len(key_ids) - 1)
    keys = FixedRotationKeys({each: each.encode() * 32 for each in set(row.key_ids)})

    assert verdict(tokens[old], row, at=10_000, keys=keys) == Reuse(len(key_ids) - old)
