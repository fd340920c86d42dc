"""The JOSE header: its known members by type, and "crit" (RFC 7515 §4, RFC 7516 §4, RFC 7797 §6).

Unknown members are ignored, as RFC 7515 §4 demands, unless "crit" names them. Members that bring or point to a key
("jwk", "jku", "x5c", "x5u") are checked for their type and otherwise not looked at: a token does not choose its judge.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.frozen_json import FrozenObject, adopt
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.strict_json import JsonValue, parse_object

_TYPES: Final[Mapping[str, type]] = MappingProxyType(
    {
        "alg": str,
        "enc": str,
        "zip": str,
        "jku": str,
        "jwk": dict,
        "kid": str,
        "x5u": str,
        "x5c": list,
        "x5t": str,
        "x5t#S256": str,
        "typ": str,
        "cty": str,
        "crit": list,
        "b64": bool,
    }
)
# RFC 7515 §4.1.11: "crit" names extensions only; a name of the specification itself makes the token invalid.
_NO_EXTENSIONS: Final = (frozenset(_TYPES) - {"b64"}) | {"epk", "apu", "apv", "iv", "tag", "p2s", "p2c"}


class Header(FrozenObject):
    """A JOSE header that kept the rules: a read-only mapping with its most used members as attributes."""

    __slots__ = ()

    @property
    def alg(self) -> str:
        """The algorithm the token names; it has to be the key's own."""
        return cast("str", self._members["alg"])

    @property
    def kid(self) -> str | None:
        """The id of the key, which only chooses among trusted keys."""
        return cast("str | None", self._members.get("kid"))

    @property
    def typ(self) -> str | None:
        """The media type of the whole token, as it was written."""
        return cast("str | None", self._members.get("typ"))

    @property
    def cty(self) -> str | None:
        """The media type of the payload, as it was written."""
        return cast("str | None", self._members.get("cty"))


def parse_header(data: bytes, *, understood: frozenset[str] = frozenset(), limits: Limits = DEFAULT_LIMITS) -> Header:
    """Read a protected header.

    Args:
        data: The JSON text, already base64url-decoded.
        understood: Extensions the caller implements and "crit" may therefore name.
        limits: Ceilings for the text, its depth and its "kid".

    Raises:
        MalformedTokenError: As of `parse_object`, or code `malformed_header` ("alg" is missing, a known member has the
            wrong type, "kid" is too long) or `malformed_crit`.
        UnacceptableTokenError: "crit" names an extension that is not understood; code `unsupported_crit`.
    """
    members = parse_object(data, max_bytes=limits.max_header_bytes, limits=limits)
    _check_members(members, understood=understood, limits=limits)
    return adopt(Header, members)


def _check_members(members: Mapping[str, JsonValue], *, understood: frozenset[str], limits: Limits) -> None:
    if "alg" not in members:
        raise _malformed("alg", "is missing")
    for name, value in members.items():
        expected = _TYPES.get(name)
        if expected is not None and type(value) is not expected:
            raise _malformed(name, "has the wrong type")
    if len(cast("str", members.get("kid", ""))) > limits.max_key_id_chars:
        raise _malformed("kid", "is too long")
    if "crit" in members:
        _check_critical(cast("list[JsonValue]", members["crit"]), members, understood)
    # RFC 7797 §6: a verifier that does not know "b64" must be made to stop, so it is nothing without "crit".
    if "b64" in members and "b64" not in cast("list[JsonValue]", members.get("crit", [])):
        raise _malformed_crit('"b64" is used without being in "crit"')


def _check_critical(names: list[JsonValue], members: Mapping[str, JsonValue], understood: frozenset[str]) -> None:
    extensions = frozenset(name for name in names if isinstance(name, str))
    if not names or len(extensions) != len(names):
        raise _malformed_crit("it is not a list of different names")
    if not extensions.isdisjoint(_NO_EXTENSIONS):
        raise _malformed_crit("it names a member of the standard")
    if not extensions <= members.keys():
        raise _malformed_crit("it names a member that is not there")
    if not extensions <= understood:
        raise UnacceptableTokenError(
            "The token demands an extension that is not supported here.",
            code="unsupported_crit",
            detail=f"crit={sorted(extensions)!r}",
        )


def _malformed(name: str, problem: str) -> MalformedTokenError:
    return MalformedTokenError(f'The header parameter "{name}" {problem}.', code="malformed_header")


def _malformed_crit(problem: str) -> MalformedTokenError:
    return MalformedTokenError('The header parameter "crit" is invalid.', code="malformed_crit", detail=problem)
