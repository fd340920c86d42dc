"""The entity tag of a status list: the same in every process, new whenever the list is."""

from tokensmith.server.domain.status_lists import RESIGN_AFTER_SECONDS, TOKEN_LIFETIME_SECONDS, StatusVersion

START_MS = RESIGN_AFTER_SECONDS * 1000 * 7


def etag(*, version: int = 1, now_ms: int = START_MS) -> str:
    return StatusVersion(list_id=3, version=version, now_ms=now_ms).etag


def test_it_stands_as_long_as_neither_bits_nor_window_change() -> None:
    assert etag(now_ms=START_MS) == etag(now_ms=START_MS + RESIGN_AFTER_SECONDS * 1000 - 1)


def test_it_changes_with_the_version_and_with_the_window() -> None:
    assert len({etag(), etag(version=2), etag(now_ms=START_MS + RESIGN_AFTER_SECONDS * 1000)}) == 3


def test_a_list_is_signed_anew_before_its_token_expires() -> None:
    """A guard that polls never holds an expired list, even one signed at the very start of its window."""
    assert RESIGN_AFTER_SECONDS * 2 <= TOKEN_LIFETIME_SECONDS
