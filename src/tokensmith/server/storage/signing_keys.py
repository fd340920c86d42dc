"""Signing keys, their private halves sealed (`domain/signing_keys.py`)."""

from typing import Final

from sqlalchemy import bindparam, insert, null, or_, select, update

from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import SigningKey
from tokensmith.server.storage.schema import signing_keys
from tokensmith.server.storage.sealing import key_id_of
from tokensmith.server.storage.sealing_check import check_not_former
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

LOCK_NAME: Final = "signing keys"
COMPROMISED_SHOWN_MS: Final = 24 * 60 * 60 * 1000

_GONE_AT: Final = signing_keys.c.gone_at_ms

_ADD: Final = insert(signing_keys)
_OLDEST_FIRST: Final = (signing_keys.c.published_at_ms, signing_keys.c.kid)
_EVER: Final = select(signing_keys).order_by(*_OLDEST_FIRST)
_ALL: Final = (
    select(signing_keys)
    .where(
        or_(
            _GONE_AT.is_(None),
            _GONE_AT > NOW_MS,
            signing_keys.c.compromised & (_GONE_AT > NOW_MS - COMPROMISED_SHOWN_MS),
        )
    )
    .order_by(*_OLDEST_FIRST)
)
_REPLACE_END: Final = (
    update(signing_keys)
    .where(signing_keys.c.kid == bindparam("of_key"))
    .values(
        retired_at_ms=bindparam("retired"),
        gone_at_ms=bindparam("gone"),
        compromised=bindparam("is_compromised"),
    )
)

_ERASE: Final = (
    update(signing_keys)
    .where(signing_keys.c.kid == bindparam("of_key"))
    .values(sealed_private_jwk=null(), provider_key_id=null())
)


class SqlSigningKeys:
    """Satisfies `SigningKeys`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self) -> tuple[SigningKey, ...]:
        """Return every key that is not gone, and those compromised within the last day."""
        return tuple(_key_of(row) for row in await self._connection.rows(_ALL))

    async def ever(self) -> tuple[SigningKey, ...]:
        """Return every key that was ever here."""
        return tuple(_key_of(row) for row in await self._connection.rows(_EVER))

    async def add(self, key: SigningKey) -> None:
        """Store a new key."""
        if key.sealed_private_jwk is not None:
            await check_not_former(self._connection, key_id_of(key.sealed_private_jwk))
        await self._connection.change(
            _ADD,
            kid=key.kid,
            alg=key.alg,
            public_jwk=key.public_jwk,
            sealed_private_jwk=key.sealed_private_jwk,
            published_at_ms=key.published_at_ms,
            active_at_ms=key.active_at_ms,
            retired_at_ms=key.retired_at_ms,
            gone_at_ms=key.gone_at_ms,
            compromised=key.compromised,
            provider_key_id=key.provider_key_id,
        )

    async def replace_end(self, key: SigningKey) -> None:
        """Store the key's `retired_at_ms`, `gone_at_ms` and `compromised`."""
        await self._connection.change(
            _REPLACE_END,
            of_key=key.kid,
            retired=key.retired_at_ms,
            gone=key.gone_at_ms,
            is_compromised=key.compromised,
        )

    async def erase(self, kid: KeyId) -> None:
        """Forget a key's private half, or what its provider calls it."""
        await self._connection.change(_ERASE, of_key=kid)

    async def lock(self) -> None:
        """Hold off every other process that would change the keys, until this unit of work ends."""
        await self._connection.lock(LOCK_NAME)


def _key_of(row: Row) -> SigningKey:
    kid, alg, public_jwk, sealed, published_at_ms, active_at_ms, retired_at_ms, gone_at_ms, compromised, provided = row
    return SigningKey(
        kid=KeyId(kid),
        alg=alg,
        public_jwk=public_jwk,
        sealed_private_jwk=sealed,
        provider_key_id=provided,
        published_at_ms=published_at_ms,
        active_at_ms=active_at_ms,
        retired_at_ms=retired_at_ms,
        gone_at_ms=gone_at_ms,
        compromised=bool(compromised),
    )
