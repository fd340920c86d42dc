"""The audit log is read to its end, a page at a time."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.flows.export_audit import PAGE, audit_rows

pytestmark = pytest.mark.anyio


async def test_all_come_in_order_and_a_page_at_a_time(world: World) -> None:
    """More than two pages; those before the moment are passed over; one that happens meanwhile comes last."""
    world.pass_time(1)

    async def many(uow: UnitOfWork) -> None:
        for number in range(2 * PAGE + 1):
            await uow.audit.record(AuditEvent(name=AuditName.REFRESHED, details={"generation": str(number)}))

    await world.store.write(many)
    reads, names, numbers = world.store.reads, [], []
    async for row in audit_rows(world.store, since_ms=world.store.now_ms):
        if not numbers:
            await world.store.write(lambda uow: uow.audit.record(AuditEvent(name=AuditName.SIGNED_OUT)))
        names.append(row.event.name)
        numbers.append(row.number)

    assert names == [AuditName.REFRESHED] * (2 * PAGE + 1) + [AuditName.SIGNED_OUT]
    assert numbers == sorted(set(numbers))
    assert world.store.reads - reads == 4


async def test_an_empty_log_has_none(world: World) -> None:
    world.pass_time(1)

    assert [row async for row in audit_rows(world.store, since_ms=world.store.now_ms)] == []
