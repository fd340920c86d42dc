"""People, and what each may do (`domain/users.py`)."""

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ResourceId, UserId
from tokensmith.server.domain.users import User
from tokensmith.server.storage.schema import user_scopes, users
from tokensmith.server.storage.scope_lists import Scopes, by_resource
from tokensmith.server.storage.statements import Connection, Row

COLUMNS: Final = (
    users.c.id,
    users.c.name,
    users.c.password_hash,
    users.c.is_admin,
    users.c.disabled,
    users.c.created_at_ms,
    users.c.profile,
)

# PostgreSQL's INSERT, for its ON CONFLICT: SQLite took the clause over word for word. A violated constraint would end
# the whole transaction there, so a name that is taken has to be no error.
_ADD: Final = insert(users).on_conflict_do_nothing(index_elements=["name_key"]).returning(users.c.id)
_FIND: Final = select(*COLUMNS).where(users.c.id == bindparam("user_id"))
_HOLD: Final = _FIND.with_for_update()
_FIND_BY_KEY: Final = select(*COLUMNS).where(users.c.name_key == bindparam("key"))
_OF_USER: Final = update(users).where(users.c.id == bindparam("user_id"))
_REPLACE_HASH: Final = _OF_USER.values(password_hash=bindparam("new_hash"))
_SET_DISABLED: Final = _OF_USER.values(disabled=bindparam("now_disabled"))
_SET_PROFILE: Final = _OF_USER.values(profile=bindparam("new_profile"))
_ALLOW: Final = insert(user_scopes).on_conflict_do_nothing()
_FORBID: Final = delete(user_scopes).where(
    user_scopes.c.user_id == bindparam("user_id"),
    user_scopes.c.resource_id == bindparam("resource_id"),
    user_scopes.c.scope == bindparam("scope"),
)
_SCOPES: Final = select(user_scopes.c.resource_id, user_scopes.c.scope).where(
    user_scopes.c.user_id == bindparam("user_id")
)
# Asked when an operator takes a scope from a resource, which is rare: not worth an index.
_HOW_MANY_HAVE: Final = (
    select(func.count())
    .select_from(user_scopes)
    .where(user_scopes.c.resource_id == bindparam("resource_id"), user_scopes.c.scope == bindparam("scope"))
)


def user_of(row: Row) -> User:
    """Make a user of the values of `COLUMNS`."""
    user_id, name, password_hash, is_admin, disabled, created_at_ms, profile = row
    return User(
        id=UserId(user_id),
        name=name,
        password_hash=password_hash,
        is_admin=bool(is_admin),
        disabled=bool(disabled),
        created_at_ms=created_at_ms,
        profile=msgspec.json.decode(profile),
    )


class SqlUsers:
    """Satisfies `Users`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, user: User, *, key: str) -> None:
        """Store a new person under the folded name *key*."""
        added = await self._connection.row(
            _ADD,
            id=user.id,
            name_key=key,
            name=user.name,
            password_hash=user.password_hash,
            is_admin=user.is_admin,
            disabled=user.disabled,
            created_at_ms=user.created_at_ms,
            profile=_profile(user.profile),
        )
        if added is None:
            raise ConflictError("That user name is taken.", code="user_exists", detail=key)

    async def find(self, user_id: UserId) -> User | None:
        """Return the person with this id."""
        row = await self._connection.row(_FIND, user_id=user_id)
        return user_of(row) if row else None

    async def hold(self, user_id: UserId) -> User | None:
        """Return them, for something to be granted: nobody changes their account before this unit is over."""
        row = await self._connection.row(_HOLD, user_id=user_id)
        return user_of(row) if row else None

    async def find_by_name_key(self, key: str) -> User | None:
        """Return the person with this folded name."""
        row = await self._connection.row(_FIND_BY_KEY, key=key)
        return user_of(row) if row else None

    async def replace_password_hash(self, user_id: UserId, *, password_hash: str) -> None:
        """Store a new hash."""
        await self._connection.change(_REPLACE_HASH, user_id=user_id, new_hash=password_hash)

    async def set_profile(self, user_id: UserId, profile: Mapping[str, JsonValue]) -> None:
        """Store what is known of a person, in the place of what was known."""
        await self._connection.change(_SET_PROFILE, user_id=user_id, new_profile=_profile(profile))

    async def set_disabled(self, user_id: UserId, *, disabled: bool) -> None:
        """Switch an account off or on."""
        await self._connection.change(_SET_DISABLED, user_id=user_id, now_disabled=disabled)

    async def allow(self, user_id: UserId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Let the person have these scopes at the resource, besides those they have."""
        # In one order: two transactions that add the same scopes the other way round would wait for each other.
        for scope in sorted(scopes):
            await self._connection.change(_ALLOW, user_id=user_id, resource_id=resource_id, scope=scope)

    async def forbid(self, user_id: UserId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Take these scopes away."""
        for scope in sorted(scopes):
            await self._connection.change(_FORBID, user_id=user_id, resource_id=resource_id, scope=scope)

    async def scopes(self, user_id: UserId) -> Scopes:
        """Return what the person may do, resource by resource."""
        return by_resource(await self._connection.rows(_SCOPES, user_id=user_id))

    async def how_many_have(self, resource_id: ResourceId, scope: str) -> int:
        """Return how many people have this scope at the resource."""
        row = await self._connection.row(_HOW_MANY_HAVE, resource_id=resource_id, scope=scope)
        return int(row[0]) if row else 0


def _profile(profile: Mapping[str, JsonValue]) -> str:
    return msgspec.json.encode(dict(profile)).decode()
