"""Grants, and all that decides what their next token may say (`domain/grants.py`); `grant_endings.py` ends them."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.authorization_details import Details, parse_details, written_details
from tokensmith.server.domain.grants import NO_DETAILS, Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.storage import clients as client_rows
from tokensmith.server.storage import resources as resource_rows
from tokensmith.server.storage import users as user_rows
from tokensmith.server.storage.grant_endings import GrantEndings
from tokensmith.server.storage.schema import (
    client_scopes,
    clients,
    grant_audiences,
    grants,
    refresh_families,
    resources,
    sessions,
    user_scopes,
    users,
)
from tokensmith.server.storage.scope_lists import by_resource, joined, pairs, split
from tokensmith.server.storage.statements import NOW_MS, Connection, Row, joined_rows

_AUDIENCE_COLUMNS: Final = (
    *resource_rows.COLUMNS,
    grant_audiences.c.scopes,
    grant_audiences.c.list_id,
    grant_audiences.c.list_index,
    grant_audiences.c.details,
)

_ADD: Final = plain_insert(grants)
_ADD_AUDIENCE: Final = insert(grant_audiences).on_conflict_do_nothing()
_USER_SCOPES: Final = (
    select(joined_rows(user_scopes.c.resource_id + " " + user_scopes.c.scope))
    .where(user_scopes.c.user_id == grants.c.user_id)
    .scalar_subquery()
)
_CLIENT_SCOPES: Final = (
    select(joined_rows(client_scopes.c.resource_id + " " + client_scopes.c.scope))
    .where(client_scopes.c.client_id == grants.c.client_id)
    .scalar_subquery()
)
_HEAD_COLUMNS: Final = (
    *grants.c,
    *client_rows.COLUMNS,
    *user_rows.COLUMNS,
    sessions.c.amr,
    sessions.c.signed_in_at_ms,
    _USER_SCOPES,
    _CLIENT_SCOPES,
    NOW_MS,
)


# One statement, so of one moment: a token must never be made of yesterday's permissions and a place taken today. One
# row per audience; what stands before the audience is the same in each.
def _joined_standing(grant_id: ColumnElement[str]) -> Select[Any]:
    return (
        select(*_HEAD_COLUMNS, *_AUDIENCE_COLUMNS)
        .join(clients, grants.c.client_id == clients.c.id)
        .outerjoin(users, grants.c.user_id == users.c.id)
        .outerjoin(sessions, grants.c.session_id == sessions.c.id)
        .outerjoin(grant_audiences, grant_audiences.c.grant_id == grants.c.id)
        .outerjoin(resources, grant_audiences.c.resource_id == resources.c.id)
        .where(grants.c.id == grant_id)
        .order_by(resources.c.audience)
    )


_STANDING: Final = _joined_standing(bindparam("grant_id"))
_OWN: Final = grants.alias("own")
# Under another name, as it also stands inside the statement over grants below.
_OF_CLIENT_ITSELF: Final = (
    select(_OWN.c.id)
    .where(_OWN.c.client_id == bindparam("client_id"), _OWN.c.user_id.is_(None), _OWN.c.ended_at_ms.is_(None))
    .order_by(_OWN.c.created_at_ms, _OWN.c.id)
    .limit(1)
)
_BY_ASSERTION: Final = (
    select(grants.c.id)
    .where(
        grants.c.user_id == bindparam("user_id"),
        grants.c.client_id == bindparam("client_id"),
        grants.c.session_id.is_(None),
        grants.c.offline.is_(False),  # those of devices are
        grants.c.ended_at_ms.is_(None),
    )
    .order_by(grants.c.created_at_ms, grants.c.id)
    .limit(1)
)
_STANDING_OF_CLIENT_ITSELF: Final = _joined_standing(_OF_CLIENT_ITSELF.scalar_subquery())
_LASTS: Final = update(grants).where(grants.c.id == bindparam("grant_id")).values(expires_at_ms=bindparam("until_ms"))
_OVER: Final = (
    select(grants.c.id)
    .where(grants.c.expires_at_ms.is_not(None), grants.c.ended_at_ms.is_(None), grants.c.expires_at_ms <= NOW_MS)
    .order_by(grants.c.expires_at_ms)
    .limit(bindparam("limit"))
)
_EXPIRED: Final = (
    select(refresh_families.c.grant_id)
    .where(refresh_families.c.ended_at_ms.is_(None), refresh_families.c.idle_expires_at_ms <= NOW_MS)
    .order_by(refresh_families.c.idle_expires_at_ms)
    .limit(bindparam("limit"))
)


class SqlGrants(GrantEndings):
    """Satisfies `Grants`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection

    async def add(
        self,
        grant: Grant,
        *,
        audiences: dict[ResourceId, frozenset[str]],
        details: Mapping[ResourceId, Details] = NO_DETAILS,
    ) -> None:
        """Store a new grant with its audiences, their scopes, and what was granted beyond scopes."""
        await self._connection.change(
            _ADD,
            id=grant.id,
            client_id=grant.client_id,
            user_id=grant.user_id,
            session_id=grant.session_id,
            created_at_ms=grant.created_at_ms,
            ended_at_ms=grant.ended_at_ms,
            signed_in_at_ms=grant.signed_in_at_ms,
            amr=None if grant.amr is None else " ".join(grant.amr),
            offline=grant.offline,
            expires_at_ms=grant.expires_at_ms,
        )
        for resource_id, scopes in audiences.items():
            await self._reach(grant.id, resource_id, scopes, details.get(resource_id, ()))

    async def add_audience(self, grant_id: GrantId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Let the grant reach one more resource; nothing happens where it does already."""
        await self._reach(grant_id, resource_id, scopes, ())

    async def _reach(
        self, grant_id: GrantId, resource_id: ResourceId, scopes: frozenset[str], details: Details
    ) -> None:
        await self._connection.change(
            _ADD_AUDIENCE,
            grant_id=grant_id,
            resource_id=resource_id,
            scopes=joined(scopes),
            list_id=None,
            list_index=None,
            details=written_details(details) if details else None,
        )

    async def standing(self, grant_id: GrantId) -> Standing | None:
        """Return the grant, ended or not, with everything its next token depends on."""
        rows = await self._connection.rows(_STANDING, grant_id=grant_id)
        return _standing_of(rows) if rows else None

    async def standing_of_client_itself(self, client_id: ClientId) -> Standing | None:
        """Return the running grant by which the client acts for itself, with everything its next token depends on."""
        rows = await self._connection.rows(_STANDING_OF_CLIENT_ITSELF, client_id=client_id)
        return _standing_of(rows) if rows else None

    async def of_client_itself(self, client_id: ClientId) -> GrantId | None:
        """Return the running grant by which the client acts for itself."""
        row = await self._connection.row(_OF_CLIENT_ITSELF, client_id=client_id)
        return GrantId(row[0]) if row else None

    async def by_assertion(self, client_id: ClientId, user_id: UserId) -> GrantId | None:
        """Return the running grant by which the client acts for the person on somebody else's word."""
        row = await self._connection.row(_BY_ASSERTION, client_id=client_id, user_id=user_id)
        return GrantId(row[0]) if row else None

    async def lasts(self, grant_id: GrantId, *, until_ms: int | None) -> None:
        """Store when the grant is over by itself; None: when its refresh family is."""
        await self._connection.change(_LASTS, grant_id=grant_id, until_ms=until_ms)

    async def end_expired(self, *, limit: int) -> int:
        """End at most *limit* running grants that are over, or whose refresh family is; returns how many."""
        over = await self._connection.rows(_OVER, limit=limit)
        expired = [*over, *await self._connection.rows(_EXPIRED, limit=limit - len(over))]
        return sum([await self.end(GrantId(grant_id)) for (grant_id,) in expired])


def _standing_of(rows: list[Row]) -> Standing:
    values = iter(rows[0])
    grant, client, user = (
        tuple(islice(values, len(columns))) for columns in (grants.c, client_rows.COLUMNS, user_rows.COLUMNS)
    )
    amr, signed_in_at_ms, user_scope_pairs, client_scope_pairs, now_ms = islice(values, 5)
    found = _grant_of(grant)
    of_session = () if amr is None else tuple(amr.split())
    audiences = (row[len(_HEAD_COLUMNS) :] for row in rows)
    return Standing(
        grant=found,
        client=client_rows.client_of(client),
        user=user_rows.user_of(user) if user[0] is not None else None,
        amr=of_session if found.amr is None else found.amr,
        signed_in_at_ms=signed_in_at_ms if found.signed_in_at_ms is None else found.signed_in_at_ms,
        audiences=tuple(_audience_of(row) for row in audiences if row[0] is not None),
        user_scopes=by_resource(pairs(user_scope_pairs)),
        client_scopes=by_resource(pairs(client_scope_pairs)),
        now_ms=now_ms,
    )


def _grant_of(row: Row) -> Grant:
    grant_id, client_id, user_id, session_id, created_at_ms, ended_at_ms, *of_sign_in, offline, expires_at_ms = row
    signed_in_at_ms, amr = of_sign_in
    return Grant(
        id=GrantId(grant_id),
        client_id=ClientId(client_id),
        user_id=UserId(user_id) if user_id is not None else None,
        session_id=SessionId(session_id) if session_id is not None else None,
        created_at_ms=created_at_ms,
        ended_at_ms=ended_at_ms,
        signed_in_at_ms=signed_in_at_ms,
        amr=None if amr is None else tuple(amr.split()),
        offline=bool(offline),
        expires_at_ms=expires_at_ms,
    )


def _audience_of(row: Row) -> GrantedAudience:
    *resource, scopes, list_id, list_index, details = row
    return GrantedAudience(
        resource=resource_rows.resource_of(tuple(resource)),
        scopes=split(scopes),
        place=StatusPlace(list_id=list_id, index=list_index) if list_id is not None else None,
        details=parse_details(details),
    )
