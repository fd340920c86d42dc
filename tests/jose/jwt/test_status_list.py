"""Status lists: arrays of bits, compressed (Token Status List §4)."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwt.status_list import MAX_LIST_BYTES, StatusList

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "status_list" / "appendix_c.json").read_text())


def claim(data: bytes, *, bits: object = 1) -> dict[str, Any]:
    return {"bits": bits, "lst": base64url.encode(zlib.compress(data))}


def packed(statuses: list[int], *, bits: int = 1) -> StatusList:
    return StatusList.build(len(statuses), bits=bits, statuses=dict(enumerate(statuses)))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['bits']} bits")
def test_the_lists_of_appendix_c_are_read(vector: dict[str, Any]) -> None:
    """Token Status List, Appendix C: a million statuses, all 0 but those that are named."""
    statuses = StatusList.from_claim({"bits": vector["bits"], "lst": vector["lst"]})
    named = {int(index): status for index, status in vector["statuses"].items()}

    assert len(statuses) == vector["size"]
    assert {index: statuses[index] for index in named} == named
    assert sum(map(int.bit_count, statuses.data)) == sum(status.bit_count() for status in named.values())


def test_the_examples_of_the_text_are_read_and_written() -> None:
    """Token Status List §4.1 and §4.2, with 1 and with 2 bits."""
    one = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    two = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]

    assert packed(one).data == bytes.fromhex("b9a3")
    assert packed(one).to_claim() == {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}
    assert packed(two, bits=2).to_claim() == {"bits": 2, "lst": "eNo76fITAAPfAgc"}
    assert [StatusList.from_claim({"bits": 2, "lst": "eNo76fITAAPfAgc"})[index] for index in range(12)] == two


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_what_is_packed_is_found_again(bits: int, data: st.DataObject) -> None:
    statuses = data.draw(st.lists(st.integers(0, 2**bits - 1), max_size=40))
    found = StatusList.from_claim(packed(statuses, bits=bits).to_claim())

    assert [found[index] for index in range(len(statuses))] == statuses


@pytest.mark.parametrize(("index", "there"), [(-1, False), (0, True), (15, True), (16, False), (2**70, False)])
def test_an_index_outside_the_list_is_refused(index: int, there: bool) -> None:
    """Token Status List §8.3: the token that names it is refused; and Python's -1 is not the last one here."""
    statuses = StatusList(bits=1, data=b"\0\0")
    if there:
        assert statuses[index] == 0
    else:
        with pytest.raises(UnacceptableTokenError) as caught:
            statuses[index]
        assert caught.value.code == "status_index"


@pytest.mark.parametrize("bits", [0, 3, 16, -1, True, 1.0, "1", None])
def test_only_four_numbers_of_bits_exist(bits: object) -> None:
    with pytest.raises(MalformedTokenError) as caught:
        StatusList.from_claim(claim(b"\0", bits=bits))

    assert caught.value.code == "malformed_status_list"


@pytest.mark.parametrize("value", [None, "lst", [], {}, {"bits": 1}, {"bits": 1, "lst": 7}])
def test_a_claim_of_another_shape_is_refused(value: Any) -> None:
    with pytest.raises(MalformedTokenError) as caught:
        StatusList.from_claim(value)

    assert caught.value.code == "malformed_status_list"


@pytest.mark.parametrize(("length", "good"), [(100, True), (101, False)])
def test_no_more_is_inflated_than_the_ceiling(length: int, good: bool) -> None:
    """A compression bomb costs no more than a list that is just too long."""
    compressed = claim(bytes(length))
    if good:
        assert len(StatusList.from_claim(compressed, max_bytes=100)) == 800
    else:
        with pytest.raises(MalformedTokenError) as caught:
            StatusList.from_claim(compressed, max_bytes=100)
        assert caught.value.code == "too_large"


def test_a_bomb_is_refused_by_default() -> None:
    with pytest.raises(MalformedTokenError) as caught:
        StatusList.from_claim(claim(bytes(MAX_LIST_BYTES + 1)))

    assert caught.value.code == "too_large"


COMPRESSED = zlib.compress(b"\xb9\xa3")


@pytest.mark.parametrize(
    "octets",
    [b"", b"nonsense", COMPRESSED[:-1], COMPRESSED[:-4], COMPRESSED + b"x", COMPRESSED[:-1] + b"\0", COMPRESSED[2:-4]],
    ids=["empty", "no zlib", "cut by one", "no checksum", "trailing byte", "wrong checksum", "raw deflate"],
)
def test_a_damaged_stream_is_refused(octets: bytes) -> None:
    """Whole, of the ZLIB format, with its checksum, and nothing behind it."""
    with pytest.raises(MalformedTokenError) as caught:
        StatusList.from_claim({"bits": 1, "lst": base64url.encode(octets)})

    assert caught.value.code == "malformed_status_list"


def test_a_list_that_is_no_base64url_is_refused() -> None:
    with pytest.raises(MalformedTokenError) as caught:
        StatusList.from_claim({"bits": 1, "lst": "eNrbuRgAAhcBXQ=="})

    assert caught.value.code == "base64url"


@pytest.mark.parametrize(("index", "status"), [(-1, 0), (8, 0), (0, -1), (0, 2)])
def test_building_with_what_does_not_fit_is_a_value_error(index: int, status: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        StatusList.build(8, statuses={index: status})


def test_another_number_of_bits_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="1, 2, 4 or 8"):
        StatusList(3, b"")


def test_a_list_is_walked_to_its_end_and_no_further() -> None:
    """Python would otherwise try indexes until an IndexError comes, which never does."""
    assert list(StatusList(4, b"\x21")) == [1, 2]
