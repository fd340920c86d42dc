"""How long writers of several processes wait for one another at one SQLite file.

    python bench/sqlite_fairness.py [PROCESSES] [WRITERS IN EACH] [SECONDS]

Every writer appends to the audit log as fast as it is let. Printed for each process: units done, and the waits of its
writers from the call to the committed answer. Syncing to disk costs next to nothing on some machines; the rates say
nothing about others, the waits beside one another do.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.open import open_store

EVENT = AuditEvent(name=AuditName.REFRESHED, details={"generation": "1"})


async def write_until(url: str, writers: int, start_at: float, seconds: float) -> list[float]:
    """Keep *writers* writing; returns how long each unit took, in milliseconds."""
    store = open_store(url)
    await store.start()
    await asyncio.sleep(max(0.0, start_at - time.monotonic()))
    waits = []

    async def write() -> None:
        while time.monotonic() < start_at + seconds:
            began = time.perf_counter()
            await store.write(lambda uow: uow.audit.record(EVENT))
            waits.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(write() for _ in range(writers)))
    await store.close()
    return waits


def run(url: str, writers: int, start_at: float, seconds: float) -> list[float]:
    """Be one process."""
    return asyncio.run(write_until(url, writers, start_at, seconds))


def main(processes: int = 2, writers: int = 16, seconds: float = 5) -> None:
    """Start the processes together and print what each has seen."""
    with tempfile.TemporaryDirectory(prefix="tokensmith-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        start_at = time.monotonic() + 3
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            results = pool.starmap(run, [(url, writers, start_at, seconds)] * processes)
    print(f"{processes} processes, {writers} writers in each, one SQLite file, {seconds:g} s")
    for number, waits in enumerate(results):
        waits.sort()
        at = [waits[int(len(waits) * share)] for share in (0.5, 0.99)]
        print(
            f"  process {number}: {len(waits) / seconds:7.0f} units/s"
            f"   wait p50 {at[0]:.2f} ms, p99 {at[1]:.2f} ms, longest {waits[-1]:.1f} ms"
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
