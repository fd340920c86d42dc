"""The JOSE header: its known members by type, and "crit" (RFC 7515 §4, RFC 7516 §4, RFC 7797 §6).

Unknown members are ignored, as RFC 7515 §4 demands, unless "crit" names them. Members that bring or point to a key
("jwk", "jku", "x5c", "x5u") are checked for their type and otherwise not looked at: a token does not choose its judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
# RFC 7515 §4.1.11, RFC 7797 §3, RFC 7516 §4.1.3: "MUST be integrity protected", in every kind of token.
_ALWAYS_PROTECTED: Final = frozenset({"crit", "b64", "zip"})
# The standards let these stand anywhere. Where a caller does not ask for that, they are protected as well: an "alg"
# that anybody on the way can change is GHSA-jc38-x7x8-2xc8.
_PROTECTED_UNLESS_ASKED: Final = frozenset({"alg", "enc"})


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

    @property
    def b64(self) -> bool:
        """Whether the payload is encoded in base64url (RFC 7797 §3), as it is where the header does not say."""
        return cast("bool", self._members.get("b64", True))


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
    _check_members(members, limits=limits)
    _check_extensions(members, understood=understood)
    return adopt(Header, members)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointHeader:
    """The header of a JSON serialization, which may be sent in pieces; what nothing protects is kept apart."""

    complete: Header
    """All pieces as one: for choosing a key and for computing, not for believing."""
    protected: Header
    """What a signature or tag covers; "alg" is certain to be in it only where it had to be protected."""
    unprotected: FrozenObject
    """What anybody on the way can have changed, whether or not the signature or tag holds."""


def parse_joint_header(
    protected: bytes,
    *unprotected: Mapping[str, JsonValue],
    may_be_unprotected: frozenset[str],
    understood: frozenset[str] = frozenset(),
    limits: Limits = DEFAULT_LIMITS,
) -> JointHeader:
    """Join the pieces of a header (RFC 7515 §7.2.1, RFC 7516 §7.2.1).

    Args:
        protected: The JSON text of the protected piece, already base64url-decoded; empty where there is none.
        unprotected: The other pieces, as `strict_json` read them; nobody changes them afterwards.
        may_be_unprotected: Which of "alg" and "enc" may stand outside the protected piece; "crit", "b64" and "zip"
            never may, other members always.
        understood: Extensions the caller implements and "crit" may therefore name.
        limits: Ceilings for the protected text, its depth and "kid".

    Raises:
        MalformedTokenError: As of `parse_header`, for all pieces together; or a name stands in two of them, code
            `duplicate_member`.
        UnacceptableTokenError: As of `parse_header`; or a member is unprotected that may not be, code
            `unprotected_parameter`.
    """
    covered = parse_object(protected, max_bytes=limits.max_header_bytes, limits=limits) if protected else {}
    joined = dict(covered)
    for piece in unprotected:
        # Two values for one name: the check would be made with one of them, and the other reported (C08).
        if not joined.keys().isdisjoint(piece):
            raise MalformedTokenError("A header parameter stands in two places.", code="duplicate_member")
        joined.update(piece)
    exposed = {name: value for name, value in joined.items() if name not in covered}
    _check_members(joined, limits=limits)
    _check_protection(exposed, may_be_unprotected=may_be_unprotected)
    _check_extensions(covered, understood=understood)
    return JointHeader(
        complete=adopt(Header, joined), protected=adopt(Header, covered), unprotected=adopt(FrozenObject, exposed)
    )


def media_type(value: str) -> str:
    """Bring "typ" or "cty" into one form (RFC 7515 §4.1.9, §4.1.10).

    Media types ignore case, and "application/" may be left out where no other slash follows.
    """
    lower = value.lower()
    bare = lower.removeprefix("application/")
    return lower if "/" in bare else bare


def _check_members(members: Mapping[str, JsonValue], *, limits: Limits) -> None:
    if "alg" not in members:
        raise _malformed("alg", "is missing")
    for name, value in members.items():
        expected = _TYPES.get(name)
        if expected is not None and type(value) is not expected:
            raise _malformed(name, "has the wrong type")
    if len(cast("str", members.get("kid", ""))) > limits.max_key_id_chars:
        raise _malformed("kid", "is too long")


def _check_protection(exposed: Mapping[str, JsonValue], *, may_be_unprotected: frozenset[str]) -> None:
    to_be_protected = _ALWAYS_PROTECTED | (_PROTECTED_UNLESS_ASKED - may_be_unprotected)
    if misplaced := sorted(to_be_protected & exposed.keys()):
        raise UnacceptableTokenError(
            f'The header parameter "{misplaced[0]}" is not protected.', code="unprotected_parameter"
        )


def _check_extensions(members: Mapping[str, JsonValue], *, understood: frozenset[str]) -> None:
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
