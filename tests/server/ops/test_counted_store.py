"""What was audited is counted once, after its commit."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from tests.server.fakes import InMemoryStore
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.ops.counted_store import CountedStore

pytestmark = pytest.mark.anyio
T = TypeVar("T")


async def record(uow: UnitOfWork) -> int:
    await uow.audit.record(AuditEvent(name=AuditName.SIGNED_IN))
    await uow.audit.record(AuditEvent(name=AuditName.REFRESHED))
    return len(await uow.audit.latest(limit=9))


async def test_events_are_told_after_the_commit() -> None:
    heard: list[AuditName] = []
    store = CountedStore(InMemoryStore(), heard.append)

    async def unit(uow: UnitOfWork) -> int:
        count = await record(uow)
        assert heard == []
        return count

    assert await store.write(unit) == 2
    assert heard == [AuditName.SIGNED_IN, AuditName.REFRESHED]


async def test_what_was_rolled_back_is_not_counted() -> None:
    heard: list[AuditName] = []
    store = CountedStore(InMemoryStore(), heard.append)

    async def unit(uow: UnitOfWork) -> None:
        await record(uow)
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(unit)
    assert heard == []


async def test_a_unit_that_is_run_again_counts_once() -> None:
    """After a serialisation failure."""

    class Twice(InMemoryStore):
        async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
            await super().read(unit)
            return await super().write(unit)

    heard: list[AuditName] = []
    await CountedStore(Twice(), heard.append).write(record)

    assert len(heard) == 2


async def test_everything_else_is_the_store_s_own() -> None:
    """Each repository and the clock."""
    inner = InMemoryStore()
    store = CountedStore(inner, lambda _: None)

    async def names(uow: UnitOfWork) -> list[str]:
        repositories = (
            uow.users,
            uow.resources,
            uow.clients,
            uow.sessions,
            uow.grants,
            uow.refresh_tokens,
            uow.status_lists,
            uow.signing_keys,
            uow.sign_in_attempts,
        )
        return [type(repository).__name__ for repository in repositories]

    async def now(uow: UnitOfWork) -> int:
        return await uow.now_ms()

    assert await store.write(names) == await inner.write(names) == await store.read(names)
    assert await store.write(now) == inner.now_ms
