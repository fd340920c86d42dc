"""The SHA-2 hashes by size (RFC 7518 §3.1)."""

import pytest

from tokensmith.jose.jwa.hashing import SHA2


@pytest.mark.parametrize("bits", [256, 384, 512])
def test_a_hash_has_the_size_it_is_listed_under(bits: int) -> None:
    assert SHA2[bits].digest_size * 8 == bits
    assert SHA2[bits].name == f"sha{bits}"
