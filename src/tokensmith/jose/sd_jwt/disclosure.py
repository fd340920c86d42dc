"""One Disclosure: salt, name and value of a hidden claim ⇄ base64url text, and its digest (RFC 9901 §4.2.1–§4.2.3).

The digest is over the text as it was sent, so nothing has to be put into a canonical form first.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits
from tokensmith.jose.sd_jwt.marks import RESERVED
from tokensmith.jose.strict_json import JsonValue

Hash: TypeAlias = Callable[[bytes], Any]
"""A hash of the standard library, one of `NAMED_HASHES`."""

# §9.3: 128 bits are what keeps a value that could be guessed from being confirmed by its digest.
_SALT_BYTES: Final = 16
_DECOY_BYTES: Final = 32


def write_disclosure(contents: Sequence[JsonValue]) -> bytes:
    """Write the Disclosure of an object member (its name and value) or an array element (its value), with a new salt.

    Raises:
        TypeError, ValueError: As of `strict_json.encode_array`.
    """
    salt = base64url.encode(secrets.token_bytes(_SALT_BYTES))
    return base64url.encode_bytes(strict_json.encode_array([salt, *contents]))


def digest_of(text: bytes, *, hashed_with: Hash) -> str:
    """Hash a Disclosure, or a whole SD-JWT for "sd_hash", as it is written (§4.2.3, §4.3.1)."""
    return base64url.encode(hashed_with(text).digest())


def make_decoy(*, hashed_with: Hash) -> str:
    """Make a digest that belongs to nothing (§4.2.5)."""
    return digest_of(secrets.token_bytes(_DECOY_BYTES), hashed_with=hashed_with)


def read_member(text: bytes, *, limits: Limits) -> tuple[str, JsonValue]:
    """Read the name and value of a hidden object member (§7.1 step 3.3.2).

    Raises:
        MalformedTokenError: As of `base64url.decode` and `strict_json.parse_array`; or code `malformed_disclosure`: it
            has not three elements, or the first two are not text; or `reserved_claim_name`.
    """
    contents = _read(text, length=3, limits=limits)
    name = contents[1]
    if not isinstance(name, str):
        raise _malformed("the name is not text")
    if name in RESERVED:
        raise MalformedTokenError(
            "A disclosure has a name that no claim can have.", code="reserved_claim_name", detail=f"name={name!r}"
        )
    return name, contents[2]


def read_element(text: bytes, *, limits: Limits) -> JsonValue:
    """Read the value of a hidden array element (§7.1 step 3.3.3).

    Raises:
        MalformedTokenError: As of `read_member`, for an array of two elements.
    """
    return _read(text, length=2, limits=limits)[1]


def _read(text: bytes, *, length: int, limits: Limits) -> list[JsonValue]:
    contents = strict_json.parse_array(base64url.decode(text), limits=limits)
    if len(contents) != length:
        raise _malformed(f"{len(contents)} elements instead of {length}")
    if not isinstance(contents[0], str):
        raise _malformed("the salt is not text")
    return contents


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("A disclosure is not valid.", code="malformed_disclosure", detail=problem)
