"""Identifiers: random, and safe wherever they are written."""

import re

from tokensmith.server.domain.ids import random_id


def test_an_id_has_128_random_bits_in_a_safe_alphabet() -> None:
    """P62: 26 characters of base32 hold 128 bits (RFC 6749 §10.10)."""
    assert re.fullmatch("[a-z2-7]{26}", random_id())


def test_no_two_are_alike() -> None:
    assert len({random_id() for _ in range(1000)}) == 1000
