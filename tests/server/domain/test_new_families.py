"""How a refresh family begins."""

from dataclasses import replace

import pytest

from tokensmith.server.domain.clients import Lifetimes
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.new_families import family_of, first_token
from tokensmith.server.domain.stored_secrets import digest

NOW = 1_800_000_000_000


def test_tokens_are_drawn_anew() -> None:
    """P40: 128 and 256 random bits."""
    first, second = first_token(), first_token()

    assert (len(first.family), len(first.secret), first.generation) == (16, 32, 0)
    assert first.family != second.family
    assert first.secret != second.secret


@pytest.mark.parametrize(("idle", "absolute", "first_end"), [(10, 100, 10), (100, 10, 10)])
def test_a_family_rests_no_longer_than_it_lives(idle: int, absolute: int, first_end: int) -> None:
    """P55."""
    token = first_token()
    lifetimes = replace(Lifetimes(), refresh_idle=idle, refresh_absolute=absolute)
    family = family_of(token, GrantId("g"), key_id="k", lifetimes=lifetimes, key_thumbprint="t", now_ms=NOW)

    assert (family.family, family.secret_digest, family.key_thumbprint) == (token.family, digest(token.secret), "t")
    assert family.idle_expires_at_ms == NOW + first_end * 1000
    assert family.absolute_expires_at_ms == NOW + absolute * 1000
