"""JSON arrays that nobody can read in another way."""

import json
import math
from typing import Any

import pytest

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits
from tokensmith.jose.strict_json import encode_array, parse_array


@pytest.mark.parametrize("data", [b"[]", b' [ 1 , "a" , null , { "b" : [ {} ] } ] ', b'["a","a",{"a":1},{"a":1}]'])
def test_an_array_means_what_it_means_to_everybody(data: bytes) -> None:
    """RFC 8259 §5."""
    assert parse_array(data) == json.loads(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json"),
        (b"\xff", "json"),
        (b"[1],[2]", "json"),
        (b'{"a":[]}', "not_an_array"),
        (b'"text"', "not_an_array"),
        (b"null", "not_an_array"),
        (b'[{"a":1,"a":1}]', "duplicate_member"),
        (b"[" * 33 + b"]" * 33, "too_deep"),
        (b"[" * 100_000, "too_large"),
        (b'[{"a":1},{"b":1,"c":1}]', "too_many_members"),
    ],
)
def test_an_array_is_read_as_strictly_as_an_object(data: bytes, code: str) -> None:
    """RFC 7515 §10.12 speaks of names; they stand in the objects of an array as well."""
    with pytest.raises(MalformedTokenError) as caught:
        parse_array(data, limits=Limits(max_json_members=2))

    assert caught.value.code == code


def test_an_array_may_be_as_deep_as_an_object() -> None:
    deepest: Any = json.loads(b"[" * 32 + b"]" * 32)

    assert parse_array(encode_array(deepest)) == deepest
    with pytest.raises(ValueError, match="nested too deeply"):
        encode_array([deepest])


def test_an_encoded_array_can_be_parsed_again() -> None:
    value = ["é", 1, None, {"a": (True,)}]

    assert encode_array(value) == '["é",1,null,{"a":[true]}]'.encode()
    assert parse_array(encode_array(value)) == ["é", 1, None, {"a": [True]}]


@pytest.mark.parametrize(
    ("item", "error"), [(b"", TypeError), ({1}, TypeError), (math.nan, ValueError), ("\ud800", ValueError)]
)
def test_an_array_holds_json_alone(item: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        encode_array([item])
