"""strict_json: what is accepted, and what it means, is as the standard library says, once it was made strict (E02).

So the quick proofs that names are unique and the exact search are held against one answer.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from tests.fuzz import vectors
from tokensmith.jose import strict_json
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import DEFAULT_LIMITS


def seeds() -> Iterator[bytes]:
    """Names twice in all spellings, strings that look like structure, and the objects of the vectors."""
    yield from (
        b'{"a":1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"a" :1,"b":[{"c":":","d":"\\":"}]}',
        b' {"a":1e308,"b":-0.0,"c":123456789012345678901234567890} ',
        b'{"a":"\\ud83d\\ude00","b":"\\ud83d"}',
        b'{"a":NaN}',
        b'[{"a":{"b":[[],{}]}},null,true]',
        b"\xef\xbb\xbf{}",
    )
    yield from vectors.objects()


def attempt(data: bytes) -> None:
    """Read an object, or an array."""
    expected = _by_the_standard_library(data)
    for kind, read in ((dict, strict_json.parse_object), (list, strict_json.parse_array)):
        try:
            value: Any = read(data)
        except MalformedTokenError:
            assert not isinstance(expected, kind), "refused what has one meaning"
        else:
            assert type(value) is kind
            assert _text(value) == _text(expected), "another meaning than everybody's"
            again = strict_json.encode(value) if isinstance(value, dict) else strict_json.encode_array(value)
            assert _text(read(again)) == _text(value)


def _by_the_standard_library(data: bytes) -> Any:
    """Read by the same rules, slowly; None for whatever breaks one."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_distinct, parse_constant=_not_json, parse_float=_finite_float
        )
        _text(value).encode()
        return value if _is_within_limits(value) else None
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str:
    """Tell values apart that compare equal, 1 and 1.0 and true."""
    return json.dumps(value, ensure_ascii=False)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _not_json(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _finite_float(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("out of range")
    return number


def _is_within_limits(value: Any) -> bool:
    return _depth(value) <= DEFAULT_LIMITS.max_json_depth and _members(value) <= DEFAULT_LIMITS.max_json_members


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, _inner(value)), default=0) if isinstance(value, dict | list) else 0


def _members(value: Any) -> int:
    return (len(value) if isinstance(value, dict) else 0) + sum(map(_members, _inner(value)))


def _inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
