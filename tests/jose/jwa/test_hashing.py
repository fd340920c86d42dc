"""The SHA-2 hashes by size (RFC 7518 §3.1) and by name (RFC 9901 §4.1.1)."""

import pytest

from tokensmith.jose.jwa.hashing import NAMED_HASHES, SHA2


@pytest.mark.parametrize("bits", [256, 384, 512])
def test_a_hash_has_the_size_it_is_listed_under(bits: int) -> None:
    assert SHA2[bits].digest_size * 8 == bits
    assert SHA2[bits].name == f"sha{bits}"
    assert NAMED_HASHES[f"sha-{bits}"](b"").digest_size * 8 == bits


def test_no_weak_or_truncated_hash_has_a_name() -> None:
    """RFC 9901 §9.4: the registry lists some that are "unfit for security applications"."""
    assert NAMED_HASHES.keys() == {"sha-256", "sha-384", "sha-512"}
