"""Erases the private halves of keys that are gone: nobody needs them, and what is not there cannot be stolen."""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.key_providers import KeyProvider
from tokensmith.server.domain.signing_keys import SigningKey, Stage
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseKeys:
    """The flow. Public halves stay, so that a key which is gone is known when it comes back."""

    store: Store
    provider: KeyProvider | None

    async def run(self) -> int:
        """Erase what can be; a key whose provider is not set here waits for a server that has it.

        Returns:
            How many private halves were erased.

        Raises:
            UnavailableError: The database or the provider cannot be reached; the next run goes on.
        """
        gone = await self.store.read(_gone)
        return sum([await self._erase(key) for key in gone])

    async def _erase(self, key: SigningKey) -> bool:
        if key.provider_key_id is not None:
            if self.provider is None:
                return False
            # Before the row forgets where it is; whoever dies between the two does it again.
            await self.provider.destroy(key.provider_key_id)

        async def unit(uow: UnitOfWork) -> bool:
            await uow.signing_keys.lock()
            # Another process may have been quicker.
            if key.kid not in {each.kid for each in await _gone(uow)}:
                return False
            await uow.signing_keys.erase(key.kid)
            await uow.audit.record(AuditEvent(name=AuditName.KEY_ERASED, details={"kid": key.kid, "alg": key.alg}))
            return True

        return await self.store.write(unit)


async def _gone(uow: UnitOfWork) -> tuple[SigningKey, ...]:
    now_ms = await uow.now_ms()
    keys = await uow.signing_keys.ever()
    return tuple(key for key in keys if key.has_private_half and key.stage(now_ms=now_ms) is Stage.GONE)
