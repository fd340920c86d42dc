"""The law: the quick ways to show that names are unique never contradict the exact one."""

import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tokensmith.jose import strict_json
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits
from tokensmith.jose.strict_json import parse_object

# Characters that have a meaning around names, so that strings look like structure and structure like strings.
TRICKY = st.text(alphabet='ab":\\,{}[] \t/é', max_size=5)
SCALARS = st.one_of(TRICKY, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False))


def objects(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """JSON objects as text, with duplicate names, white space and escapes as they come."""
    space = st.sampled_from(["", "", " ", "\t", "\r\n"])
    member = st.tuples(space, TRICKY.flatmap(spellings), space, space, values, space).map(
        lambda parts: f"{parts[0]}{parts[1]}{parts[2]}:{parts[3]}{parts[4]}{parts[5]}"
    )
    return st.lists(member, max_size=4).map(lambda members: "{" + ",".join(members) + "}")


def spellings(text: str) -> st.SearchStrategy[str]:
    """One string, written in JSON in several ways."""
    escaped = '"' + "".join(f"\\u{ord(character):04x}" for character in text) + '"'
    return st.sampled_from(
        [json.dumps(text), json.dumps(text, ensure_ascii=False), escaped, json.dumps(text).replace("/", "\\/")]
    )


VALUES = st.recursive(
    st.one_of(TRICKY.flatmap(spellings), SCALARS.map(json.dumps)),
    lambda inner: st.one_of(objects(inner), st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")),
    max_leaves=8,
)
TEXTS = objects(VALUES)
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TRICKY, inner, max_size=3),
    max_leaves=8,
)


def has_duplicates(text: str) -> bool:
    """The slow way, by the standard library alone."""
    found = False

    def look(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal found
        found = found or len({name for name, _ in pairs}) != len(pairs)
        return dict(pairs)

    json.loads(text, object_pairs_hook=look)
    return found


@given(TEXTS)
@example('{"a":":","b":1,"b":2}')
@example('{"a" :1,"a":":"}')
@example('{"\\"":1,"\\u0022":2}')
def test_an_object_is_refused_exactly_for_a_name_twice(text: str) -> None:
    """RFC 7519 §4; and what is accepted means what it means to everybody."""
    if has_duplicates(text):
        with pytest.raises(MalformedTokenError) as caught:
            parse_object(text.encode())
        assert caught.value.code == "duplicate_member"
    else:
        assert parse_object(text.encode()) == json.loads(text)


@given(TEXTS)
def test_the_count_of_colons_proves_nothing_false(text: str) -> None:
    """It may leave the answer open; it must not call a text with duplicates free of them."""
    members = sum(1 for _ in names(json.loads(text)))

    if strict_json._proves_unique_names(text.encode(), members=members):
        assert not has_duplicates(text)


@given(st.binary(max_size=60))
@example(b'{"a":1e999}')
@example(b'{"a":"\xed\xa0\x80"}')
def test_whatever_the_bytes_there_is_one_kind_of_refusal(data: bytes) -> None:
    with contextlib.suppress(MalformedTokenError):
        parse_object(data, limits=Limits(max_json_depth=4))


@given(st.dictionaries(TRICKY, NESTED, max_size=4))
def test_what_we_encode_we_parse(value: dict[str, object]) -> None:
    assert parse_object(strict_json.encode(value)) == value  # type: ignore[arg-type]


def names(value: object) -> list[str]:
    """Every name in a parsed value."""
    if isinstance(value, dict):
        return [*value, *(name for item in value.values() for name in names(item))]
    if isinstance(value, list):
        return [name for item in value for name in names(item)]
    return []
