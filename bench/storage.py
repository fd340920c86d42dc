"""What the storage costs: refreshes as units of work, with nothing around them.

    python bench/storage.py [SECONDS] [POSTGRES_URL]

One refresh is a read (family and standing) and a write (advance and audit), as the server does them. Each of the
concurrent callers has a family of its own. On SQLite a commit waits for the disk's sync, which costs next to nothing on
some machines: the rates say nothing about others. Without a URL PostgreSQL is left out.
"""

import asyncio
import secrets
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.server.storage.samples import GRANT, NOTES, add_grants, family
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import Family
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.open import open_store
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.store import SqlStore

CALLERS = (1, 8, 64)


async def refresh(store: SqlStore, row: Family) -> Family:
    """Look, then advance: two units of work."""

    async def look(uow: UnitOfWork) -> tuple[Family, Standing | None]:
        found = await uow.refresh_tokens.find(row.family)
        assert found is not None
        return found[0], await uow.grants.standing(row.grant_id)

    held, _ = await store.read(look)
    new = replace(held, generation=held.generation + 1, secret_digest=secrets.token_bytes(32))

    async def advance(uow: UnitOfWork) -> None:
        assert await uow.refresh_tokens.advance(new, from_generation=held.generation, from_digest=held.secret_digest)
        await uow.audit.record(AuditEvent(name=AuditName.REFRESHED, grant_id=row.grant_id))

    await store.write(advance)
    return new


async def measure(store: SqlStore, rows: list[Family], seconds: float) -> tuple[float, list[float]]:
    """Refresh for a while, one caller per family; returns the rate and every duration in milliseconds."""
    took: list[float] = []
    ends_at = time.monotonic() + seconds

    async def caller(row: Family) -> None:
        while time.monotonic() < ends_at:
            began = time.perf_counter()
            await refresh(store, row)
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(caller(row) for row in rows))
    return len(took) / seconds, sorted(took)


async def run(name: str, url: str, seconds: float) -> None:
    """Measure one database at each number of callers."""
    migrate(url)
    store = open_store(url, sealing=Sealing.generate())
    await store.start()
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(max(CALLERS))]
    rows = [family(grant) for grant in grants]
    await add_grants(store, *grants)
    for row in rows:
        await store.write(lambda uow, row=row: uow.refresh_tokens.add(row))
        await store.write(lambda uow, row=row: uow.status_lists.take(row.grant_id, NOTES.id))
    for callers in CALLERS:
        rate, took = await measure(store, rows[:callers], seconds)
        print(
            f"{name:12} {callers:3} callers: {rate:7.0f} refreshes/s"
            f"   p50 {took[len(took) // 2]:.2f} ms, p99 {took[int(len(took) * 0.99)]:.2f} ms"
        )
    await store.close()


def main(seconds: float = 3, postgres_url: str = "") -> None:
    """Measure SQLite, and PostgreSQL where there is one (an empty database)."""
    with tempfile.TemporaryDirectory(prefix="tokensmith-bench-") as folder:
        asyncio.run(run("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", seconds))
    if postgres_url:
        asyncio.run(run("PostgreSQL", postgres_url, seconds))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2] if len(sys.argv) > 2 else "")
