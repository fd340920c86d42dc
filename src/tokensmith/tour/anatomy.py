"""A token taken apart, and what each part of it says in words (RFC 7519 §4.1, RFC 9068 §2.2, Token Status List §6.2).

Taking apart proves nothing: anybody can write a token. It is done here to look at one, never to trust it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.strict_json import JsonValue

HEADER_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alg": "how it is signed",
        "enc": "how it is encrypted",
        "kid": "with which key",
        "typ": "what kind of token",
        "cty": "what kind of content",
        "zip": "how it is compressed",
        "crit": "must be understood",
        "b64": "is the payload encoded",
        "jku": "where its keys are",
        "jwk": "its own key",
        "x5u": "where its chain is",
        "x5c": "its certificates",
        "x5t": "its certificate, SHA-1",
        "x5t#S256": "its certificate",
        "epk": "the sender's key",
        "apu": "about the sender",
        "apv": "about the receiver",
        "p2s": "salt of a password",
        "p2c": "rounds of a password",
    }
)
CLAIM_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "iss": "who issued it",
        "sub": "whom it speaks for",
        "aud": "the service it is for",
        "exp": "no good from then on",
        "nbf": "no good before",
        "iat": "when it was issued",
        "jti": "its own number",
        "client_id": "the program that asked",
        "scope": "what it allows",
        "auth_time": "the time of the sign-in",
        "acr": "how sure the sign-in is",
        "amr": "the kind of sign-in",
        "sid": "its session",
        "nonce": "answers a request",
        "azp": "the program it is for",
        "cnf": "whose key goes with it",
        "act": "who acts for another",
        "name": "the person's name",
        "email": "the person's address",
        "roles": "what the person is",
        "groups": "where the person is",
        "at_hash": "binds an access token",
        "c_hash": "binds a code",
        "events": "what happened",
        "updated_at": "when the person changed",
        "vct": "the kind of credential",
        "_sd_alg": "how claims are hidden",
        "_sd": "the hidden claims",
        "status": "revoked? look there",
    }
)
UNNAMED: Final = "not a registered name"
MOMENTS: Final = frozenset({"exp", "nbf", "iat", "auth_time", "updated_at"})
# Of the year 9999; beyond it there is no datetime.
_LAST_SECOND: Final = 253_402_300_799


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """The three parts as they are spelled, and the first two as they read. Nothing here has been verified."""

    parts: tuple[str, str, str]
    header: Mapping[str, JsonValue]
    claims: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Line:
    """One member, ready to be shown: its name, its value, and what it means."""

    name: str
    value: str
    meaning: str


def dissect(token: str) -> Anatomy:
    """Take a compact JWT apart.

    Raises:
        MalformedTokenError: it has not three parts, or one of the first two is not base64url of a JSON object.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise MalformedTokenError("A signed token has three parts.", detail=f"{len(parts)} parts")
    header, payload, signature = parts
    return Anatomy(
        parts=(header, payload, signature),
        header=strict_json.parse_object(base64url.decode(header)),
        claims=strict_json.parse_object(base64url.decode(payload)),
    )


def explain(members: Mapping[str, JsonValue], meanings: Mapping[str, str]) -> Iterator[Line]:
    """Name each member in words: those we know in the order of the table, then the others as they come."""
    known = [name for name in meanings if name in members]
    for name in [*known, *(name for name in members if name not in meanings)]:
        yield Line(name, _readable(name, members[name]), meanings.get(name, UNNAMED))


def _readable(name: str, value: JsonValue) -> str:
    if name in MOMENTS and type(value) is int and 0 <= value <= _LAST_SECOND:
        return f"{value}  {datetime.fromtimestamp(value, UTC):%H:%M:%S} UTC"
    match value:
        case {"status_list": {"idx": int(index), "uri": str(uri)}}:
            return f"bit {index} of {uri}"
        case str():
            return value
        case _:
            return strict_json.encode({"": value}).decode().removeprefix('{"":').removesuffix("}")
