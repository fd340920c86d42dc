"""The memory of a verifier: bounded, and without the tokens."""

import pytest

from tokensmith.jose.jwt.verified_cache import VerifiedCache, fingerprint


def digest(number: int) -> bytes:
    return fingerprint(str(number))


def test_it_finds_what_was_put_into_it() -> None:
    cache = VerifiedCache[str](10)
    cache.put(digest(1), "one")

    assert cache.find(digest(1)) == "one"
    assert cache.find(digest(2)) is None


@pytest.mark.parametrize("size", [2, 3, 10, 11])
def test_it_never_holds_more_than_its_size(size: int) -> None:
    """Whoever has many genuine tokens fills no memory with them."""
    cache = VerifiedCache[int](size)
    sizes = []
    for number in range(5 * size):
        cache.put(digest(number), number)
        cache.find(digest(number // 2))
        sizes.append(len(cache))

    assert max(sizes) <= size


def test_what_is_in_use_stays() -> None:
    """G07: many new tokens push out the idle ones, not the one that comes every time."""
    cache = VerifiedCache[int](10)
    cache.put(digest(0), 0)
    cache.put(digest(1), 1)
    for number in range(2, 100):
        cache.put(digest(number), number)
        assert cache.find(digest(0)) == 0

    assert cache.find(digest(1)) is None


def test_it_lets_go_on_demand() -> None:
    cache = VerifiedCache[int](4)
    for number in range(4):
        cache.put(digest(number), number)
    cache.forget(digest(0))
    cache.forget(digest(3))
    cache.forget(digest(9))

    assert [cache.find(digest(number)) for number in range(4)] == [None, 1, 2, None]
    cache.clear()
    assert len(cache) == 0


@pytest.mark.parametrize(
    ("size", "error"), [(1, ValueError), (-1, ValueError), (True, TypeError), (1.5, TypeError), ("9", TypeError)]
)
def test_its_size_is_a_number(size: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="cache_size is"):
        VerifiedCache[int](size)  # type: ignore[arg-type]


def test_a_fingerprint_is_of_the_bytes() -> None:
    """G07: SHA-256 of all of the token; a cheaper key let one token answer for another (CVE-2026-35039)."""
    assert fingerprint("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert fingerprint(b"abc") == fingerprint("abc")
    assert fingerprint("abd") != fingerprint("abc")
    assert fingerprint("\ud800") != fingerprint("?")


@pytest.mark.parametrize("token", [None, 1, bytearray(b"abc"), memoryview(b"abc")])
def test_only_texts_and_bytes_have_one(token: object) -> None:
    with pytest.raises(TypeError, match="str or bytes"):
        fingerprint(token)  # type: ignore[arg-type]
