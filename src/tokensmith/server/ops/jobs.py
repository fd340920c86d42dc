"""Periodic work: what has expired is ended or forgotten, signing keys are moved on. Every process runs it.

Nothing here needs a leader: each step is a bounded transaction that a second process finds nothing to do in, and keys
are made under the database's lock. Waiting times are spread, so that processes started together do not stay together.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.rotate_keys import RotateKeys

BATCH: Final = 500
SMALL_BATCH: Final = 50
MAX_BATCHES: Final = 100
DAY_MS: Final = 24 * 3600 * MILLISECONDS

_LOG: Final = logging.getLogger("tokensmith.server.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of work; *run* does at most a bounded piece and returns how many things it did."""

    name: str
    run: Callable[[], Awaitable[int]]


def server_jobs(
    store: Store, rotate_keys: RotateKeys, deliver_logouts: Callable[[], Awaitable[int]], *, audit_days: int
) -> tuple[Job, ...]:
    """Return what a token server does on the side.

    Args:
        audit_days: How long events are kept; 0 for ever.
    """

    async def move_keys() -> int:
        made = await rotate_keys.ensure()
        return len(made)

    async def deliver() -> int:
        # Each waits for the network; what is left is due in the next round.
        for _ in range(SMALL_BATCH):
            if not await deliver_logouts():
                break
        return 0

    async def forget_events() -> int:
        keep_ms = audit_days * DAY_MS
        return await store.write(lambda uow: uow.forgetting.audit(keep_ms=keep_ms, limit=BATCH)) if audit_days else 0

    return (
        Job(name="keys", run=move_keys),
        Job(name="logouts", run=deliver),
        *_sweeps(store),
        Job(name="old_events", run=forget_events),
    )


def _sweeps(store: Store) -> tuple[Job, ...]:
    """Return what ends and forgets rows whose time is over."""

    async def forget_grants() -> int:
        # Each takes several statements, and other writers wait meanwhile: many small transactions.
        total = 0
        while total < BATCH:
            count = await store.write(lambda uow: uow.forgetting.grants(limit=SMALL_BATCH))
            total += count
            if count < SMALL_BATCH:
                break
        return total

    return (
        Job(name="expired_grants", run=lambda: store.write(lambda uow: uow.grants.end_expired(limit=BATCH))),
        Job(name="status_places", run=lambda: store.write(lambda uow: uow.status_lists.sweep(limit=BATCH))),
        Job(name="used_proofs", run=lambda: store.write(lambda uow: uow.used_proofs.sweep(limit=BATCH))),
        Job(name="pending_requests", run=lambda: store.write(lambda uow: uow.pending_requests.sweep(limit=BATCH))),
        Job(name="device_requests", run=lambda: store.write(lambda uow: uow.device_requests.sweep(limit=BATCH))),
        Job(name="codes", run=lambda: store.write(lambda uow: uow.authorization_codes.sweep(limit=BATCH))),
        Job(name="logout_notices", run=lambda: store.write(lambda uow: uow.logout_notices.sweep(limit=BATCH))),
        Job(name="sign_in_attempts", run=lambda: store.write(lambda uow: uow.sign_in_attempts.sweep(limit=BATCH))),
        Job(name="ended_grants", run=forget_grants),
        Job(name="ended_sessions", run=lambda: store.write(lambda uow: uow.forgetting.sessions(limit=BATCH))),
    )


class JobObserver(Protocol):
    """Hears how each run of a job ended."""

    def __call__(self, job: str, *, held: bool) -> None:
        """*held* is False where the run raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRunner:
    """Runs jobs, again and again, until cancelled.

    Attributes:
        seconds: How long to wait between two rounds, on average.
        ran: Hears how each run ended.
        sleep: Waits; a test passes its own.
    """

    jobs: tuple[Job, ...]
    seconds: float
    ran: JobObserver
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            await self.sleep(self.seconds * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, hides nothing
            await self.run_once()

    async def run_once(self) -> None:
        """Run each job until it has nothing left to do, within bounds; one that fails does not stop the others."""
        for job in self.jobs:
            try:
                await _run_to_the_end(job)
            except Exception as error:  # noqa: BLE001 - the next round tries again, whatever it was
                _LOG.warning("job failed", extra={"job": job.name}, exc_info=error)
                self.ran(job.name, held=False)
            else:
                self.ran(job.name, held=True)


async def _run_to_the_end(job: Job) -> None:
    for _ in range(MAX_BATCHES):
        if await job.run() < BATCH:
            return
