"""JSON objects that nobody can read in another way."""

import json
import math
import sys
from types import MappingProxyType
from typing import Any

import pytest

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits
from tokensmith.jose.strict_json import encode, parse_object, take_object


def nested(levels: int, *, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """An object with arrays or objects inside, *levels* deep in all."""
    return b'{"a":' + opening * (levels - 1) + b"1" + closing * (levels - 1) + b"}"


def code_of(data: bytes, *, limits: Limits | None = None) -> str:
    with pytest.raises(MalformedTokenError) as caught:
        parse_object(data, limits=limits or Limits())
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b' \t\r\n{ "a" : [ 1 , 2.5 , "\\/" , null , true , { "b" : {} } ] }\n',
        b'{"a":1,"b":{"a":1,"b":[{"a":1},{"a":1}]}}',
        '{"é":"\\ud83d\\ude00 ü"}'.encode(),
        b'{"url":":\\":","q":"\\"a\\":1"}',
        b'{"a":-0,"b":1e5,"c":1E-400,"d":18446744073709551616}',
    ],
)
def test_valid_objects_mean_what_they_mean_to_everybody(data: bytes) -> None:
    """RFC 8259; white space and escapes are a matter of taste."""
    assert parse_object(data) == json.loads(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1,"b":2,"a":3}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":1, "a":2}',
        b'{"a" :1,"a"\t:2}',
        b'{"x":{"a":1,"a":2}}',
        b'{"x":[{},[{"a":1,"a":2}]]}',
        b'{"a":{"b":1,"c":1},"a":1}',
        b'{"a":":","b":1,"b":2}',
        b'{"a":"\\":","b" :1,"b":2}',
        b'{"":1,"":2}',
        '{"é":1,"\\u00e9":2}'.encode(),
    ],
)
def test_a_name_twice_is_refused_at_any_depth_and_in_any_spelling(data: bytes) -> None:
    """E02: RFC 7515 §4, RFC 7519 §4: one reader takes the first, another the last, and both call the signature good."""
    assert code_of(data) == "duplicate_member"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}x",
        b"{}\x00",
        b"{} {}",
        b"{'a':1}",
        b'{"a":1,}',
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":.5}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":"\x01"}',
        b'{"a":"\\x"}',
        b"{/**/}",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"a":"\xff"}',
        b'{"\xc0\xaf":1}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\udc00\\ud800"}',
        b'{"a":' + b"9" * 4301 + b"}",
    ],
)
def test_what_is_no_json_text_is_refused(data: bytes) -> None:
    """C09, E08: RFC 8259 and RFC 7515 §10.12: bad UTF-8, byte order marks, lone surrogates, trailing bytes."""
    assert code_of(data) == "json"


@pytest.mark.parametrize("data", [b"[]", b'"a"', b"1", b"null", b"true", b'["a",{"a":1}]'])
def test_only_an_object_will_do(data: bytes) -> None:
    """RFC 7519 §7.2 step 10."""
    assert code_of(data) == "not_an_object"


@pytest.mark.parametrize(
    "data", [b'{"a": "b\\":c"}', b'{ "a":1, "b":"\\":\\":" }', b'{"a":{"b":"x\\" : y"}, "c":{"b":1}}']
)
def test_what_looks_like_a_name_in_a_text_is_none(data: bytes) -> None:
    """C10: the quick count of names is wrong about these, and the exact search is asked."""
    assert parse_object(data)
    assert code_of(data[:-1] + b', "a":1}') == "duplicate_member"


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_has_a_ceiling(opening: bytes, closing: bytes) -> None:
    """E07: Nesting costs a parser its stack."""
    assert parse_object(nested(32, opening=opening, closing=closing))
    assert code_of(nested(33, opening=opening, closing=closing)) == "too_deep"


def test_nesting_beyond_the_stack_is_an_ordinary_refusal() -> None:
    """E07: RecursionError took down more than one library."""
    assert code_of(nested(20_000), limits=Limits(max_json_depth=200)) == "too_deep"


def test_the_number_of_members_has_a_ceiling_over_all_depths() -> None:
    """E08: Ten objects of a hundred members are a thousand members."""
    limits = Limits(max_json_members=4)

    assert parse_object(b'{"a":1,"b":{"c":1},"d":[1,2]}', limits=limits)
    assert code_of(b'{"a":1,"b":{"c":1},"d":[{"e":1}]}', limits=limits) == "too_many_members"
    assert code_of(b'{"a":1,"b":1,"c":1,"d":1,"e":1}', limits=limits) == "too_many_members"


def test_the_length_is_checked_before_anything_is_parsed() -> None:
    """E06: A text too long to look at is not looked at: this one is no JSON at all."""
    assert parse_object(b'{"a":1}', max_bytes=7)
    assert code_of(b"{" * 65_537) == "too_large"
    with pytest.raises(MalformedTokenError) as caught:
        parse_object(b'{"a":1}', max_bytes=6)
    assert caught.value.code == "too_large"


def test_a_stricter_interpreter_only_refuses_more() -> None:
    """E08: The ceiling for digits of an int can be lowered; what it then refuses is still refused in our way."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert code_of(b'{"a":' + b"9" * 4000 + b"}") == "json"
    finally:
        sys.set_int_max_str_digits(before)


def test_encoding_is_compact_and_keeps_the_order() -> None:
    """Members stand as the caller wrote them; nothing is escaped that need not be."""
    value = {"b": [1, 2.5, True, None, ("é",)], "a": MappingProxyType({"c": "/"})}

    assert encode(value) == '{"b":[1,2.5,true,null,["é"]],"a":{"c":"/"}}'.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [math.nan], {"x": math.inf}, "\ud800", ["\udfff"]])
def test_what_json_cannot_say_is_not_encoded_as_something_else(value: Any) -> None:
    """The codec by itself writes NaN as null: a token without expiry, where one with a broken expiry was meant."""
    with pytest.raises(ValueError, match=r"finite number|lone surrogate"):
        encode({"a": value})


@pytest.mark.parametrize("value", [b"", {1}, object(), 1j, [b""], {"x": {1}}])
def test_other_types_are_not_converted(value: Any) -> None:
    """The codec by itself writes bytes as base64 and sets as lists, which nobody reads back."""
    with pytest.raises(TypeError, match=r"'[ax]' must be a JSON value"):
        encode({"a": value})


@pytest.mark.parametrize("value", [{1: 2}, {"a": {None: 2}}])
def test_names_are_strings(value: object) -> None:
    """The codec by itself would write the number as text."""
    with pytest.raises(TypeError, match="name must be a str"):
        encode(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("within", [{}, {"opening": b'{"a":', "closing": b"}"}], ids=["arrays", "objects"])
def test_what_is_encoded_can_be_parsed_again(within: dict[str, bytes]) -> None:
    """The same depth is the ceiling both ways."""
    at_most, too_deep = json.loads(nested(32, **within)), json.loads(nested(33, **within))

    assert parse_object(encode(at_most)) == at_most
    with pytest.raises(ValueError, match="nested too deeply"):
        encode(too_deep)


@pytest.mark.parametrize("source", ['{"a":["é",1]}', '{"a":["é",1]}'.encode(), {"a": ["é", 1]}, {"a": ("é", 1)}])
def test_an_object_is_taken_from_text_or_from_a_mapping(source: Any) -> None:
    """Whichever it was, what comes out is the same."""
    assert take_object(source) == {"a": ["é", 1]}
    assert take_object(MappingProxyType({"a": MappingProxyType({})})) == {"a": {}}


def test_what_was_taken_from_a_mapping_is_a_copy() -> None:
    """E14: what is checked and what is used are the same, also where somebody changes the mapping in between."""
    inner = {"b": 1}
    taken = take_object({"a": inner})
    inner["b"] = 2

    assert taken == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "json"),
        ("\ud800", "json"),
        (b"[]", "not_an_object"),
        ('{"a":1,"a":1}', "duplicate_member"),
        ({"a": math.nan}, "json"),
        ({"a": "\ud800"}, "json"),
        ({"a": json.loads("[" * 40 + "]" * 40)}, "json"),
        ({"a": "x" * 70_000}, "too_large"),
        ({str(number): 1 for number in range(1_001)}, "too_many_members"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_good_object_is_refused_in_either_form(source: Any, code: str) -> None:
    """A mapping came out of somebody's decoder, which may know NaN and lone surrogates: it gets the same rules."""
    with pytest.raises(MalformedTokenError) as caught:
        take_object(source)

    assert caught.value.code == code


@pytest.mark.parametrize("source", [None, 1, [("a", 1)], bytearray(b"{}"), {"a": b"x"}, {1: 2}])
def test_what_is_no_json_at_all_is_the_callers_mistake(source: Any) -> None:
    with pytest.raises(TypeError, match=r"JSON|must be"):
        take_object(source)
