"""Refresh tokens: what a presented token is worth (RFC 9700 §4.14.2)."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server.fake_sealing import FixedRotationKeys
from tokensmith.server.domain.clients import Lifetimes
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import (
    MAX_RECENT,
    MAX_STEPS,
    Family,
    Redeem,
    RefreshToken,
    Refuse,
    Repeat,
    Reuse,
    Verdict,
    judge,
    parse,
)
from tokensmith.server.domain.stored_secrets import digest

KEY = b"k" * 32
KEYS = FixedRotationKeys({"key": KEY})
FIRST = RefreshToken(family=b"f" * 16, generation=0, secret=b"s" * 32)
BORN_MS = 1_000_000
WINDOWS = Lifetimes(reuse_window=10, lost_answer=60)
STRICT = Lifetimes(reuse_window=0, lost_answer=0)


def family(*, idle_ms: int = 10**9, absolute_ms: int = 10**9) -> Family:
    return Family(
        family=FIRST.family,
        grant_id=GrantId("grant"),
        generation=0,
        secret_digest=digest(FIRST.secret),
        key_id="key",
        rotated_at_ms=(BORN_MS,),
        idle_expires_at_ms=BORN_MS + idle_ms,
        absolute_expires_at_ms=BORN_MS + absolute_ms,
        ended_at_ms=None,
        key_thumbprint=None,
    )


def rotated(*seconds: int, lifetimes: Lifetimes = WINDOWS) -> tuple[list[RefreshToken], Family]:
    """Redeem the current token at each of these seconds after birth; return all tokens and the row."""
    tokens, row = [FIRST], family()
    for at in seconds:
        tokens.append(tokens[-1].successor(rotation_key=KEY))
        redeemed = Redeem(tokens[-1], "key")
        row = row.advanced(redeemed, now_ms=BORN_MS + at * 1000, lifetimes=lifetimes, key_thumbprint=None)
    return tokens, row


def verdict(
    token: RefreshToken,
    row: Family,
    *,
    at: float,
    keys: FixedRotationKeys = KEYS,
    lifetimes: Lifetimes = WINDOWS,
    rotates: bool = True,
) -> Verdict:
    return judge(token, row, now_ms=BORN_MS + round(at * 1000), keys=keys, lifetimes=lifetimes, rotates=rotates)


def test_the_current_token_is_redeemed_for_its_successor() -> None:
    assert verdict(FIRST, family(), at=1) == Redeem(FIRST.successor(rotation_key=KEY), "key")


def test_where_tokens_are_kept_the_current_one_stays() -> None:
    """P53: FAPI 2.0 §5.3.2.1; the family is used all the same, and nothing was rotated out."""
    verdict_on_it = verdict(FIRST, family(), at=1, rotates=False)
    assert verdict_on_it == Redeem(FIRST, "key")
    row = family().advanced(verdict_on_it, now_ms=BORN_MS + 1000, lifetimes=WINDOWS, key_thumbprint=None)

    assert (row.generation, row.secret_digest, row.rotated_at_ms) == (0, digest(FIRST.secret), (BORN_MS,))
    assert verdict(FIRST, row, at=2, rotates=False) == Redeem(FIRST, "key")


def test_what_was_rotated_out_before_stays_out() -> None:
    """A client that keeps its token from now on."""
    tokens, row = rotated(10, 20)
    assert verdict(tokens[0], row, at=100, rotates=False) == Reuse(2)
    assert verdict(tokens[2], row, at=100, rotates=False) == Redeem(tokens[2], "key")


def test_the_successor_can_be_made_by_nobody_without_the_key() -> None:
    """Neither the token alone nor the database alone mints the next one."""
    assert FIRST.successor(rotation_key=KEY) != FIRST.successor(rotation_key=b"x" * 32)


@pytest.mark.parametrize(("at", "expected"), [(109.999, Repeat), (110, Reuse), (110.001, Reuse)])
def test_a_token_two_generations_back_is_good_within_the_reuse_window(at: float, expected: type) -> None:
    """Racing tabs are no theft: the window runs from the moment the token was rotated out, its end excluded."""
    tokens, row = rotated(100, 100)

    assert isinstance(verdict(tokens[0], row, at=at), expected)


@pytest.mark.parametrize(("at", "expected"), [(159.999, Repeat), (160, Reuse)])
def test_the_predecessor_of_a_never_redeemed_successor_is_good_for_a_minute(at: float, expected: type) -> None:
    """The answer that carried the successor may have been lost; nobody is logged out for that."""
    tokens, row = rotated(100)

    assert isinstance(verdict(tokens[0], row, at=at), expected)


def test_a_repeat_is_answered_with_the_current_token_however_many_generations_back() -> None:
    tokens, row = rotated(100, 101, 102, 103)

    assert [verdict(token, row, at=104) for token in tokens[:-1]] == [Repeat(tokens[-1])] * 4


def test_a_token_rotated_out_before_the_window_is_reuse_though_younger_ones_are_not() -> None:
    tokens, row = rotated(100, 109)

    assert verdict(tokens[0], row, at=111) == Reuse(2)
    assert verdict(tokens[1], row, at=111) == Repeat(tokens[2])


@pytest.mark.parametrize("token_index", [0, 1])
def test_windows_of_zero_are_strict(token_index: int) -> None:
    """With both windows off, every token but the current one is reuse, in the very moment it was rotated out."""
    tokens, row = rotated(100, 100, lifetimes=STRICT)

    assert isinstance(verdict(tokens[token_index], row, at=100, lifetimes=STRICT), Reuse)


def test_a_guessed_secret_revokes_nothing() -> None:
    """Who knows a family's id alone must not be able to end it (a denial of service)."""
    tokens, row = rotated(100, 200)
    guess = replace(tokens[0], secret=b"g" * 32)

    assert verdict(guess, row, at=300) == Refuse(code="refresh_token_unproven")


def test_a_guessed_secret_for_the_current_generation_is_refused() -> None:
    assert verdict(replace(FIRST, secret=b"g" * 32), family(), at=1) == Refuse(code="refresh_token_unproven")


def test_a_token_of_another_generation_than_its_secret_is_refused() -> None:
    """The generation is not authenticated by itself; the chain authenticates it."""
    tokens, row = rotated(100, 200)

    assert verdict(replace(tokens[0], generation=1), row, at=201) == Refuse(code="refresh_token_unproven")


def test_a_token_ahead_of_its_row_has_its_own_code() -> None:
    """After a restore the database is older than tokens it gave out; they cannot be proven and revoke nothing."""
    ahead = FIRST.successor(rotation_key=KEY)

    assert verdict(ahead, family(), at=1) == Refuse(code="refresh_token_ahead")


def test_an_ended_family_refuses_even_its_current_token() -> None:
    assert verdict(FIRST, replace(family(), ended_at_ms=BORN_MS), at=1) == Refuse(code="refresh_token_revoked")


@pytest.mark.parametrize(("at", "expected"), [(49.999, Redeem), (50, Refuse)])
@pytest.mark.parametrize("which", ["idle_ms", "absolute_ms"])
def test_a_family_ends_at_the_earlier_of_its_two_ends(at: float, expected: type, which: str) -> None:
    """RFC 9700 §4.14.2: refresh tokens expire when unused, and some day altogether."""
    row = family(idle_ms=50_000) if which == "idle_ms" else family(absolute_ms=50_000)
    found = verdict(FIRST, row, at=at)

    assert isinstance(found, expected)
    assert found == Refuse(code="refresh_token_expired") or at < 50


def test_a_refresh_moves_the_idle_end_and_never_past_the_absolute_one() -> None:
    """Rotation does not extend the lifetime of the grant (RFC 10017)."""
    lifetimes, moved = Lifetimes(refresh_idle=60), Redeem(FIRST, "key")
    near = family(absolute_ms=100_000).advanced(
        moved, now_ms=BORN_MS + 10_000, lifetimes=lifetimes, key_thumbprint=None
    )
    far = family(absolute_ms=100_000).advanced(moved, now_ms=BORN_MS + 90_000, lifetimes=lifetimes, key_thumbprint=None)

    assert near.idle_expires_at_ms == BORN_MS + 70_000
    assert far.idle_expires_at_ms == far.absolute_expires_at_ms == BORN_MS + 100_000


def test_rotations_older_than_the_window_are_forgotten() -> None:
    _, row = rotated(100, 200, 205)

    assert row.rotated_at_ms == (BORN_MS + 205_000, BORN_MS + 200_000)


def test_only_so_many_rotations_are_remembered() -> None:
    """Whoever rotates faster than that within one window only has its youngest tokens excused."""
    tokens, row = rotated(*([100] * (MAX_RECENT + 1)))

    assert len(row.rotated_at_ms) == MAX_RECENT
    assert isinstance(verdict(tokens[1], row, at=100), Repeat)
    assert isinstance(verdict(tokens[0], row, at=100), Reuse)


def test_an_old_token_proves_itself_over_a_bounded_number_of_steps() -> None:
    """What a known family id with a guessed secret can make us compute is bounded."""
    token = FIRST
    for _ in range(MAX_STEPS):
        token = token.successor(rotation_key=KEY)
    row = replace(family(), generation=MAX_STEPS, secret_digest=digest(token.secret))
    beyond = token.successor(rotation_key=KEY)
    further = replace(row, generation=MAX_STEPS + 1, secret_digest=digest(beyond.secret))

    assert verdict(FIRST, row, at=1) == Reuse(MAX_STEPS)
    assert verdict(FIRST, further, at=1) == Refuse(code="refresh_token_unproven")


def test_the_wire_form_is_read_back() -> None:
    token = FIRST.successor(rotation_key=KEY)

    assert parse(str(token)) == token


def test_neither_repr_nor_a_refusal_shows_the_secret() -> None:
    assert "73" * 32 not in repr(FIRST)
    assert str(FIRST)[30:] not in repr(FIRST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tsr_",
        str(FIRST)[:-1],
        str(FIRST) + "A",
        str(FIRST) + "=",
        "tsx_" + str(FIRST)[4:],
        str(FIRST)[:-1] + "é",
        str(FIRST)[:-1] + "+",
        str(FIRST)[:-1] + "\n",
        str(FIRST)[:20] + " " + str(FIRST)[21:],
    ],
)
def test_what_has_not_the_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidGrantError) as caught:
        parse(text)

    assert caught.value.code == "refresh_token_malformed"


def test_a_token_has_one_spelling() -> None:
    """Spare bits in the last character would let one token be written in several ways."""
    text = str(FIRST)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [text[:-1] + character for character in alphabet if character != text[-1]]
    read = []
    for other in others:
        try:
            read.append(parse(other))
        except InvalidGrantError:
            continue

    assert FIRST not in read


@given(st.text(max_size=80))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    """No other exception leaves, whatever comes in."""
    with suppress(InvalidGrantError):
        assert str(parse(text)) == text


@given(
    st.lists(st.integers(0, 30), max_size=12),
    st.integers(0, 12),
    st.integers(0, 90),
)
def test_whatever_the_rotations_a_genuine_token_is_never_called_unproven(
    gaps: list[int], index: int, later: int
) -> None:
    """The law behind reuse detection: who really held a token of the family is always recognised."""
    seconds = [sum(gaps[: position + 1]) for position in range(len(gaps))]
    tokens, row = rotated(*seconds)
    found = verdict(tokens[min(index, len(tokens) - 1)], row, at=(seconds[-1] if seconds else 0) + later)

    assert not isinstance(found, Refuse)
    if isinstance(found, Redeem | Repeat):
        assert found.answer in {tokens[-1], tokens[-1].successor(rotation_key=KEY)}


def test_a_family_is_bound_once() -> None:
    """RFC 9449 §5: whoever could bind it anew would take it over."""
    redeemed = Redeem(FIRST, "key")
    bound = family().advanced(redeemed, now_ms=BORN_MS, lifetimes=WINDOWS, key_thumbprint="owner")

    assert bound.key_thumbprint == "owner"
    for other in (None, "thief"):
        again = bound.advanced(redeemed, now_ms=BORN_MS, lifetimes=WINDOWS, key_thumbprint=other)
        assert again.key_thumbprint == "owner"
