"""What may be known of a person, by the names of OpenID Connect (Core §5.1)."""

from collections.abc import Mapping
from typing import Final

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.identity import IDENTITY_SCOPES, claims_for

MAX_CHARACTERS: Final = 512
# Told by the account itself.
_OWN: Final = frozenset({"preferred_username", "updated_at"})
_KNOWN: Final = claims_for(IDENTITY_SCOPES) - _OWN
_YES_OR_NO: Final = {"true": True, "false": False}


def changed_profile(before: Mapping[str, JsonValue], given: Mapping[str, str], *, now: int) -> dict[str, JsonValue]:
    """Return a profile with some members set anew, and `updated_at` with them; an empty text takes one away.

    Args:
        given: Text by claim; `email_verified` and `phone_number_verified` are true or false, and the text of `address`
            is its `formatted` member (Core §5.1.1).
        now: Seconds since 1970.

    Raises:
        InvalidRequestError: no such claim, or a value that it cannot have (`bad_profile`).
    """
    profile = dict(before)
    for name, text in given.items():
        if name not in _KNOWN or len(text) > MAX_CHARACTERS:
            raise _bad(name)
        profile.pop(name, None)
        if text:
            profile[name] = _value(name, text)
    profile["updated_at"] = now
    return profile


def _value(name: str, text: str) -> JsonValue:
    if name.endswith("_verified"):
        if text not in _YES_OR_NO:
            raise _bad(name)
        return _YES_OR_NO[text]
    return {"formatted": text} if name == "address" else text


def _bad(name: str) -> InvalidRequestError:
    known = " ".join(sorted(_KNOWN))
    return InvalidRequestError(
        f"That cannot be known of a person; these can: {known}.", code="bad_profile", detail=name
    )
