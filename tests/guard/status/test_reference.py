"""Where a token says its status is."""

from typing import Any

import pytest

from tokensmith.guard import InvalidTokenError
from tokensmith.guard.status.reference import Reference, read_reference

ORIGIN = "https://id.test"
LIST = f"{ORIGIN}/status/1"


def read(status: Any) -> Reference | None:
    return read_reference({"status": status}, origin=ORIGIN)


def test_list_and_index_are_read() -> None:
    """Token Status List §6.2; members we do not know are ignored."""
    assert read({"status_list": {"idx": 0, "uri": LIST, "more": 1}, "other": {}}) == Reference(LIST, 0)


def test_no_status_is_no_reference() -> None:
    assert read_reference({}, origin=ORIGIN) is None


@pytest.mark.parametrize(
    "status",
    [
        "revoked",
        [],
        {},
        {"status_list": None},
        {"status_list": [LIST, 1]},
        {"status_list": {"uri": LIST}},
        {"status_list": {"idx": 1}},
        {"status_list": {"idx": -1, "uri": LIST}},
        {"status_list": {"idx": 1.0, "uri": LIST}},
        {"status_list": {"idx": True, "uri": LIST}},
        {"status_list": {"idx": "1", "uri": LIST}},
        {"status_list": {"idx": 1, "uri": 7}},
        {"status_list": {"idx": 1, "uri": None}},
    ],
)
def test_a_status_that_cannot_be_read_is_not_taken_for_a_good_one(status: Any) -> None:
    """Token Status List §8.3 step 1; a mechanism we do not know says nothing that we could check."""
    with pytest.raises(InvalidTokenError) as caught:
        read(status)

    assert caught.value.code == "status_malformed"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/status/1",
        "https://id.test.evil.test/status/1",
        "https://id.test@evil.test/status/1",
        "https://id.test:8443/status/1",
        "http://id.test/status/1",
        "//id.test/status/1",
        "/status/1",
        "nonsense",
        "",
    ],
)
def test_a_list_elsewhere_is_not_asked_for(url: str) -> None:
    """A token does not choose whom we connect to (RFC 8725 §3.10)."""
    with pytest.raises(InvalidTokenError) as caught:
        read({"status_list": {"idx": 1, "uri": url}})

    assert caught.value.code == "status_elsewhere"


def test_the_origin_counts_and_not_its_spelling() -> None:
    assert read({"status_list": {"idx": 1, "uri": "https://ID.test:443/status/1"}}) is not None
