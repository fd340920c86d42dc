"""Authorization codes (`domain/authorization_codes.py`)."""

from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from tokensmith.server.domain.authorization_codes import REMEMBERED_SECONDS, AuthorizationCode
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import GrantId, ResourceId
from tokensmith.server.storage.schema import authorization_codes as codes
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_THIS: Final = codes.c.digest == bindparam("key")
_ADD: Final = insert(codes)
_FIND: Final = select(codes).where(_THIS)
# One statement with its condition in it: of two racers the second looks at the row again and finds it used.
_CONSUME: Final = (
    update(codes)
    .where(_THIS, codes.c.consumed_at_ms.is_(None), codes.c.expires_at_ms > NOW_MS)
    .values(consumed_at_ms=NOW_MS)
)
_SWEEP: Final = delete(codes).where(
    codes.c.digest.in_(
        select(codes.c.digest)
        .where(codes.c.expires_at_ms <= NOW_MS - REMEMBERED_SECONDS * MILLISECONDS)
        .limit(bindparam("limit"))
    )
)


class SqlAuthorizationCodes:
    """Satisfies `AuthorizationCodes`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, code: AuthorizationCode) -> None:
        """Store a new code."""
        await self._connection.change(
            _ADD,
            digest=code.digest,
            grant_id=code.grant_id,
            redirect_uri=code.redirect_uri,
            challenge=code.challenge,
            nonce=code.nonce,
            key_thumbprint=code.key_thumbprint,
            resource_id=code.resource_id,
            expires_at_ms=code.expires_at_ms,
            consumed_at_ms=code.consumed_at_ms,
        )

    async def find(self, digest: bytes) -> AuthorizationCode | None:
        """Return the code with this digest, used or not, in time or not."""
        row = await self._connection.row(_FIND, key=digest)
        return _code_of(row) if row else None

    async def consume(self, digest: bytes) -> bool:
        """Mark the code as used; of any number of callers exactly one gets True, and nobody after its time."""
        return await self._connection.change(_CONSUME, key=digest) == 1

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* codes that were over long ago; returns how many."""
        return await self._connection.change(_SWEEP, limit=limit)


def _code_of(row: Row) -> AuthorizationCode:
    digest, grant_id, redirect_uri, challenge, nonce, key_thumbprint, resource_id, expires, consumed = row
    return AuthorizationCode(
        digest=digest,
        grant_id=GrantId(grant_id),
        redirect_uri=redirect_uri,
        challenge=challenge,
        nonce=nonce,
        key_thumbprint=key_thumbprint,
        resource_id=ResourceId(resource_id),
        expires_at_ms=expires,
        consumed_at_ms=consumed,
    )
