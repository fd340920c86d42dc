"""What a client asks for beyond words: one payment, one document, with all that belongs to it (RFC 9396).

A service says which types there are and which members each may have; everything else is refused, as a member that
nobody understands may be the one that matters (RFC 9396 §5).
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from tokensmith.jose.errors import JoseError
from tokensmith.jose.strict_json import JsonValue, encode_array, parse_array
from tokensmith.server.domain.errors import OAuthError

MAX_DETAILS: Final = 16
MAX_CHARACTERS: Final = 8192
# §2.2: these mean the same in every type.
_LISTS: Final = ("locations", "actions", "datatypes", "privileges")
_COMMON: Final = frozenset({"type", "identifier", *_LISTS})

Detail: TypeAlias = Mapping[str, JsonValue]
Details: TypeAlias = tuple[Detail, ...]


class InvalidAuthorizationDetailsError(OAuthError):
    """They are malformed, of a type that is not known or not for this client, or more than was granted (§5)."""

    code = "invalid_authorization_details"
    error = "invalid_authorization_details"


class DetailType(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A type that a service knows: what it allows, in words for people, and its members besides those of RFC 9396."""

    text: str
    members: tuple[str, ...] = ()


def parse_details(text: str | None) -> Details:
    """Read the parameter (§2).

    Raises:
        InvalidAuthorizationDetailsError: no JSON array of objects with a type each, too many, or too long
            (`details_malformed`).
    """
    if text is None:
        return ()
    if len(text) > MAX_CHARACTERS:
        raise _malformed("too long")
    try:
        found = parse_array(text.encode("utf-8", "surrogatepass"))
    except JoseError as error:
        raise _malformed(error.code) from None
    if not 1 <= len(found) <= MAX_DETAILS:
        raise _malformed(f"{len(found)} of them")
    details = tuple(one for one in found if isinstance(one, Mapping) and isinstance(one.get("type"), str))
    if len(details) != len(found):
        raise _malformed("one without a type")
    return details


def check_detail(detail: Detail, kind: DetailType) -> None:
    """Refuse what the type does not know (§2.2, §5).

    Raises:
        InvalidAuthorizationDetailsError: another member (`details_member`), or a common one of another shape
            (`details_malformed`).
    """
    if unknown := detail.keys() - _COMMON - set(kind.members):
        text = "authorization_details has a member that its type does not know."
        raise InvalidAuthorizationDetailsError(text, code="details_member", detail=f"{sorted(unknown)!r:.200}")
    for name in _LISTS:
        value = detail.get(name, ())
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise _malformed(name)
    if not isinstance(detail.get("identifier", ""), str):
        raise _malformed("identifier")


def narrowed_details(asked: Details, *, granted: Details) -> Details:
    """Return those of a token: all that was granted, or those asked for, each of which was (§6).

    Raises:
        InvalidAuthorizationDetailsError: one that was not granted as it stands (`details_wider`).
    """
    if not asked:
        return granted
    if any(one not in granted for one in asked):
        text = "authorization_details asks for more than was granted."
        raise InvalidAuthorizationDetailsError(text, code="details_wider")
    return asked


def written_details(details: Details) -> str:
    """Return them as JSON."""
    return encode_array(list(details)).decode()


def _malformed(detail: str) -> InvalidAuthorizationDetailsError:
    text = "authorization_details is malformed."
    return InvalidAuthorizationDetailsError(text, code="details_malformed", detail=detail)
