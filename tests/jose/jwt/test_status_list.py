"""Status lists: packed, compressed, and read within bounds."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwt.status_list import INVALID, SUSPENDED, VALID, StatusList

EXAMPLES = json.loads((Path(__file__).parents[1] / "vectors/token-status-list/examples.json").read_text())


def claim(data: bytes, *, bits: object = 1) -> dict[str, object]:
    return {"bits": bits, "lst": base64url.encode(data)}


def code_of(value: dict[str, object], **options: int) -> str:
    with pytest.raises(MalformedTokenError) as caught:
        StatusList.from_claim(value, **options)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['size']}x{example['bits']}")
def test_the_examples_of_the_specification(example: dict[str, Any]) -> None:
    """Token Status List §4.1, §4.2 and Appendix C: read, and written the same."""
    statuses = {int(index): status for index, status in example["statuses"].items()}
    read = StatusList.from_claim(example)

    assert len(read) == example["size"]
    assert {index: read[index] for index in statuses} == statuses
    assert StatusList.build(example["size"], bits=example["bits"], statuses=statuses) == read
    assert read.to_claim() == {"bits": example["bits"], "lst": example["lst"]}


def test_every_place_of_a_list_is_read() -> None:
    """Least significant bit first (§4.1)."""
    assert list(StatusList(1, b"\xb9\xa3")) == [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    assert list(StatusList(2, b"\xc9\x44\xf9")) == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    assert list(StatusList(4, b"\x21\x43")) == [1, 2, 3, 4]
    assert list(StatusList(8, b"\x01\xff")) == [1, 255]


def test_the_status_types_have_their_registered_values() -> None:
    """§7.1."""
    assert (VALID, INVALID, SUSPENDED) == (0, 1, 2)


@pytest.mark.parametrize("index", [-1, 16, 2**70, True, 1.0, "1", None])
def test_an_index_outside_the_list_refuses_the_token(index: object) -> None:
    """F17: §8.3 step 6: no statement can be made, so the token is rejected; index -1 is not the last one."""
    with pytest.raises(UnacceptableTokenError) as caught:
        StatusList(1, b"\xb9\xa3")[index]

    assert caught.value.code == "status_index"


def test_the_first_and_the_last_index_are_inside() -> None:
    statuses = StatusList(1, b"\x01\x80")

    assert (statuses[0], statuses[1], statuses[14], statuses[15]) == (1, 0, 0, 1)


@pytest.mark.parametrize("bits", [0, 3, 16, -1, True, 1.0, "1", None])
def test_the_size_of_a_status_is_one_of_four(bits: object) -> None:
    """§4.1 step 1."""
    assert code_of(claim(zlib.compress(b"\0"), bits=bits)) == "malformed_status_list"
    with pytest.raises(ValueError, match="bits"):
        StatusList(bits, b"")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="bits"):
        StatusList.build(8, bits=bits, statuses={})  # type: ignore[arg-type]


@pytest.mark.parametrize("lst", [None, 1, ["eNrbuRgAAhcBXQ"]])
def test_a_list_is_text(lst: object) -> None:
    assert code_of({"bits": 1, "lst": lst}) == "malformed_status_list"
    assert code_of({"bits": 1}) == "malformed_status_list"


def test_a_list_is_canonical_base64url() -> None:
    assert code_of({"bits": 1, "lst": "eNrbuRgAAhcBXQ=="}) == "base64url"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zlib",
        zlib.compress(b"\0" * 100)[:-1],
        zlib.compress(b"\0" * 100)[:-5],
        zlib.compress(b"\0" * 100) + b"\0",
        zlib.compress(b"\0") + zlib.compress(b"\0"),
        zlib.compress(b"\0" * 100)[2:-4],
        zlib.compress(b"\0" * 100)[:-4] + b"\0\0\0\0",
    ],
)
def test_a_broken_stream_is_refused(data: bytes) -> None:
    """F17: §4.1 step 4: ZLIB, whole, and with its checksum."""
    assert code_of(claim(data)) == "malformed_status_list"


def test_inflation_stops_at_a_ceiling() -> None:
    """F17: A kilobyte can hold a megabyte of zeros, and a megabyte a gigabyte."""
    fits, bomb = zlib.compress(bytes(1000)), zlib.compress(bytes(1001))

    assert len(StatusList.from_claim(claim(fits), max_bytes=1000)) == 8000
    assert code_of(claim(bomb), max_bytes=1000) == "too_large"
    assert code_of(claim(zlib.compress(bytes(50_000_000), 9))) == "too_large"


@pytest.mark.parametrize(("size", "octets"), [(0, 0), (1, 1), (8, 1), (9, 2), (2**17, 2**14)])
def test_a_list_ends_at_a_whole_byte(size: int, octets: int) -> None:
    assert len(StatusList.build(size, statuses={}).data) == octets


@pytest.mark.parametrize("statuses", [{8: 1}, {-1: 1}, {0: 2}, {0: -1}])
def test_what_does_not_fit_is_not_packed(statuses: dict[int, int]) -> None:
    """A bit set for the neighbour would end the wrong token."""
    with pytest.raises(ValueError, match="does not fit"):
        StatusList.build(8, statuses=statuses)


def test_a_list_is_frozen() -> None:
    with pytest.raises(AttributeError):
        StatusList(1, b"").data = b"\1"  # type: ignore[misc]
