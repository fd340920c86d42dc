"""The audit log in every store."""

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, APP, GRANT, NOW
from tokensmith.server.domain.audit import AuditEvent, AuditName, AuditRow
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio

FULL = AuditEvent(
    name=AuditName.REFRESHED,
    user_id=ADA.id,
    client_id=APP.id,
    grant_id=GRANT.id,
    source="2001:db8::1",
    details={"generation": "3", "quoted": "\" ' \\ \u2028 ✓"},
)
BARE = AuditEvent(name=AuditName.SIGN_IN_FAILED)


async def test_events_are_numbered_dated_and_come_newest_first(store: AnyStore) -> None:
    """Every field comes back, none given or all."""
    await store.write(lambda uow: uow.audit.record(BARE))
    store.advance(4)
    await store.write(lambda uow: uow.audit.record(FULL))

    newer, older = await store.read(lambda uow: uow.audit.latest(limit=10))
    assert newer == AuditRow(number=newer.number, at_ms=NOW + 4, event=FULL)
    assert older == AuditRow(number=older.number, at_ms=NOW, event=BARE)
    assert newer.number > older.number


async def test_no_more_are_read_than_were_asked_for(store: AnyStore) -> None:
    """The newest of them."""

    async def unit(uow: UnitOfWork) -> None:
        for _ in range(3):
            await uow.audit.record(BARE)
        await uow.audit.record(FULL)

    await store.write(unit)

    assert [row.event for row in await store.read(lambda uow: uow.audit.latest(limit=2))] == [FULL, BARE]


async def test_events_from_a_moment_on_come_in_pieces(store: AnyStore) -> None:
    """On the millisecond is from it on; each piece begins after the last number of the one before."""
    for _ in range(4):
        await store.write(lambda uow: uow.audit.record(BARE))
        store.advance(1)

    async def since(at_ms: int, after: int = 0, limit: int = 9) -> list[AuditRow]:
        return list(await store.read(lambda uow: uow.audit.since(at_ms, after=after, limit=limit)))

    rows = await since(0)
    assert [row.at_ms for row in rows] == [NOW, NOW + 1, NOW + 2, NOW + 3]
    assert await since(NOW + 1) == rows[1:]
    assert await since(NOW + 4) == []
    assert await since(NOW + 1, limit=2) == rows[1:3]
    assert await since(NOW + 1, after=rows[2].number, limit=2) == rows[3:]


async def test_an_event_goes_with_its_transaction(store: AnyStore) -> None:
    """What was rolled back has not happened and is not told of."""

    async def unit(uow: UnitOfWork) -> None:
        await uow.audit.record(FULL)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(unit)

    assert await store.read(lambda uow: uow.audit.latest(limit=10)) == ()
