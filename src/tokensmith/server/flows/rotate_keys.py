"""Moves signing keys through their life (decision 8; the rule is `domain/signing_keys.py`)."""

from dataclasses import dataclass, replace
from typing import Final

from tokensmith.jose import Key
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.key_providers import KeyProvider
from tokensmith.server.domain.signing_keys import SIGNING_ALGS, SealerRing, SigningKey, active_key
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.new_signing_keys import NewSigningKey, is_pending, public_text, succeed

ACTIVE_DAYS: Final = 90
_ACTIVE_MS: Final = ACTIVE_DAYS * 24 * 3600 * MILLISECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKeys:
    """The flow. New keys are generated before the transaction; whoever comes second throws its own away.

    Attributes:
        provider: Makes and keeps the private halves; None where they are sealed in the database.
    """

    store: Store
    sealers: SealerRing
    provider: KeyProvider | None = None

    async def ensure(self) -> tuple[SigningKey, ...]:
        """Make the first key of each algorithm, and successors of keys that have signed for `ACTIVE_DAYS`.

        The very first key signs at once: nobody holds a JWK Set that lacks it. Every later one is published for a JWK
        Set's lifetime before it signs. Where a provider is to keep the keys, one in the database gets a successor as
        soon as it signs. Safe to call from many processes at any time.

        Returns:
            The keys that this call made.

        Raises:
            ConflictError: A provider keeps the key that signs, and there is none here (`key_provider_missing`): to make
                one in the database would undo what somebody has decided.
            UnavailableError: The database or the provider cannot be reached.
        """
        made = []
        for alg in SIGNING_ALGS:
            keys, now_ms = await self.store.read(_all)
            if self._is_due(keys, alg, now_ms=now_ms):
                key = await self._add(alg, only_if_due=True)
                made += [key] if key else []
        return tuple(made)

    async def rotate(self, alg: str) -> SigningKey:
        """Publish a successor now; it signs, and the present key stops signing, after a JWK Set's lifetime.

        Raises:
            ConflictError: a successor is already on its way (`rotation_pending`), or no such algorithm
                (`unknown_algorithm`).
        """
        if alg not in SIGNING_ALGS:
            raise ConflictError(f"The server signs with {' and '.join(SIGNING_ALGS)}.", code="unknown_algorithm")
        key = await self._add(alg, only_if_due=False)
        if key is None:
            raise ConflictError("A successor of this key is published already.", code="rotation_pending")
        return key

    async def retire_compromised(self, kid: KeyId) -> SigningKey | None:
        """Take a key out at once: out of the JWK Set, and guards are told to drop it within the status bound.

        Tokens it signed stop being good everywhere. Its successor, if it had to be made, signs at once.

        Returns:
            The successor that was made; None where another key signs already.

        Raises:
            ConflictError: no such key (`unknown_key`).
        """
        alg = await self._retire(kid)
        # Another server's key may be of an algorithm that nothing is signed with here.
        return await self._add(alg, only_if_due=True) if alg in SIGNING_ALGS else None

    async def all(self) -> tuple[tuple[SigningKey, ...], int]:
        """Return every key with the database's time, for showing."""
        return await self.store.read(_all)

    async def _retire(self, kid: KeyId) -> str:
        async def unit(uow: UnitOfWork) -> str:
            await uow.signing_keys.lock()
            now_ms = await uow.now_ms()
            found = next((key for key in await uow.signing_keys.all() if key.kid == kid), None)
            if found is None:
                raise ConflictError("There is no such key.", code="unknown_key", detail=kid)
            retired_at_ms = min(now_ms, now_ms if found.retired_at_ms is None else found.retired_at_ms)
            await uow.signing_keys.replace_end(
                replace(found, retired_at_ms=retired_at_ms, gone_at_ms=now_ms, compromised=True)
            )
            await uow.status_lists.touch_all()
            await uow.audit.record(AuditEvent(name=AuditName.KEY_RETIRED, details={"kid": kid, "alg": found.alg}))
            return found.alg

        return await self.store.write(unit)

    async def _add(self, alg: str, *, only_if_due: bool) -> SigningKey | None:
        new = await self._make(alg)

        async def unit(uow: UnitOfWork) -> SigningKey | None:
            await uow.signing_keys.lock()
            keys, now_ms = await _all(uow)
            if is_pending(keys, alg, now_ms=now_ms) or (only_if_due and not self._is_due(keys, alg, now_ms=now_ms)):
                return None
            added = await succeed(uow, new, keys=keys, now_ms=now_ms)
            await uow.audit.record(AuditEvent(name=AuditName.KEY_CREATED, details={"kid": added.kid, "alg": alg}))
            return added

        stored = await self.store.write(unit)
        # Only where it is certain that no row names it: after an error the transaction may have been committed.
        if stored is None and self.provider is not None and new.provider_key_id is not None:
            await self.provider.destroy(new.provider_key_id)
        return stored

    async def _make(self, alg: str) -> NewSigningKey:
        if self.provider is None:
            private = Key.generate(alg)
            return NewSigningKey.sealed(private, kid=KeyId(private.thumbprint()), sealer=await self.sealers.current())
        made = await self.provider.generate(alg)
        return NewSigningKey(
            kid=KeyId(made.public.thumbprint()),
            alg=alg,
            public_jwk=public_text(made.public),
            provider_key_id=made.key_id,
        )

    def _is_due(self, keys: tuple[SigningKey, ...], alg: str, *, now_ms: int) -> bool:
        present = active_key(keys, alg=alg, now_ms=now_ms)
        if present is None:
            return True
        if present.provider_key_id is not None and self.provider is None:
            text = "The key that signs is in a PKCS#11 token, and the settings name none."
            raise ConflictError(text, code="key_provider_missing", detail=present.kid)
        is_misplaced = self.provider is not None and present.provider_key_id is None
        is_old = now_ms - present.active_at_ms >= _ACTIVE_MS
        return (is_old or is_misplaced) and not is_pending(keys, alg, now_ms=now_ms)


async def _all(uow: UnitOfWork) -> tuple[tuple[SigningKey, ...], int]:
    return await uow.signing_keys.all(), await uow.now_ms()
