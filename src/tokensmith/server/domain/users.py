"""People: who they are to the server, and the repository that knows them.

A name is compared in one folded form (`name_key`), so that `Ada` and `ada` are one person and no look-alike made of
other code points can be registered beside her (RFC 8265 §3.3, UsernameCaseMapped).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.ids import ResourceId, UserId

MAX_NAME_CHARACTERS = 128
_ALLOWED_MARKS = frozenset("._-@+'")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an account. `password_hash` is a PHC string (RFC 9106), None where no password is set.

    *profile* holds what is known of them by the names of OpenID Connect (Core §5.1).
    """

    id: UserId
    name: str
    password_hash: str | None
    is_admin: bool
    disabled: bool
    created_at_ms: int
    profile: Mapping[str, JsonValue] = field(default_factory=dict)


def name_key(name: str) -> str:
    """Return the folded form by which a name is found: width-mapped, NFC, case-folded.

    Raises:
        InvalidRequestError: empty, longer than 128 characters, or with a character other than letters, digits and
            ``. _ - @ + '``.
    """
    # The length is checked before any Unicode work: normalising is where long input would cost.
    if not 0 < len(name) <= MAX_NAME_CHARACTERS:
        raise InvalidRequestError("A user name has 1 to 128 characters.", code="bad_user_name")
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    if not all(_is_name_character(character) for character in folded):
        raise InvalidRequestError(
            "A user name has letters, digits and the marks . _ - @ + ' only.", code="bad_user_name", detail=repr(name)
        )
    return folded


def _is_name_character(character: str) -> bool:
    return character in _ALLOWED_MARKS or unicodedata.category(character) in {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}


class Users(Protocol):
    """Where people are kept."""

    async def add(self, user: User, *, key: str) -> None:
        """Store a new person under the folded name *key*.

        Raises:
            ConflictError: the name is taken (`user_exists`).
        """

    async def find(self, user_id: UserId) -> User | None:
        """Return the person with this id."""

    async def hold(self, user_id: UserId) -> User | None:
        """Return them, for something to be granted: nobody changes their account before this unit is over."""

    async def find_by_name_key(self, key: str) -> User | None:
        """Return the person with this folded name (see `name_key`)."""

    async def replace_password_hash(self, user_id: UserId, *, password_hash: str) -> None:
        """Store a new hash, after a change of password or a rehash at sign-in."""

    async def set_profile(self, user_id: UserId, profile: Mapping[str, JsonValue]) -> None:
        """Store what is known of a person, in the place of what was known."""

    async def set_disabled(self, user_id: UserId, *, disabled: bool) -> None:
        """Switch an account off or on. Ending what it holds is the caller's next step."""

    async def allow(self, user_id: UserId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Let the person have these scopes at the resource, besides those they have."""

    async def forbid(self, user_id: UserId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Take these scopes away. Ending the running tokens is the caller's next step."""

    async def scopes(self, user_id: UserId) -> dict[ResourceId, frozenset[str]]:
        """Return what the person may do, resource by resource; resources with nothing are left out."""

    async def how_many_have(self, resource_id: ResourceId, scope: str) -> int:
        """Return how many people have this scope at the resource."""
