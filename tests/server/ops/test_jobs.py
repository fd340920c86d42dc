"""Periodic work: bounded, spread, and not stopped by one failure."""

import asyncio

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.refresh_tokens import parse
from tokensmith.server.ops.jobs import BATCH, MAX_BATCHES, Job, JobRunner, server_jobs

pytestmark = pytest.mark.anyio


class Heard:
    def __init__(self) -> None:
        self.runs: list[tuple[str, bool]] = []

    def __call__(self, job: str, *, held: bool) -> None:
        self.runs.append((job, held))


async def nothing_to_deliver() -> int:
    return 0


class Counted:
    """Does so much per call, as listed, then nothing."""

    def __init__(self, *done: int) -> None:
        self.done = list(done)
        self.calls = 0

    async def __call__(self) -> int:
        self.calls += 1
        return self.done.pop(0) if self.done else 0


@pytest.mark.parametrize(
    ("done", "calls"),
    [([], 1), ([BATCH - 1], 1), ([BATCH], 2), ([BATCH, BATCH, 1], 3), ([BATCH] * 1000, MAX_BATCHES)],
)
async def test_a_job_goes_on_while_there_is_more_to_do_within_bounds(done: list[int], calls: int) -> None:
    """A backlog of a million rows is not one round's work."""
    work = Counted(*done)
    await JobRunner(jobs=(Job(name="a", run=work),), seconds=1, ran=Heard()).run_once()

    assert work.calls == calls


async def test_a_job_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """The next round tries again."""

    async def fail() -> int:
        raise OSError("disk")

    heard = Heard()
    jobs = (Job(name="a", run=fail), Job(name="b", run=Counted()))
    await JobRunner(jobs=jobs, seconds=1, ran=heard).run_once()

    assert heard.runs == [("a", False), ("b", True)]
    assert "job failed" in caplog.text


async def test_rounds_are_spread_around_their_time() -> None:
    """Processes started together do not stay together."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 20:
            raise asyncio.CancelledError

    work = Counted()
    runner = JobRunner(jobs=(Job(name="a", run=work),), seconds=10, ran=Heard(), sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        await runner.run()

    assert work.calls == 19
    assert all(5 <= wait <= 15 for wait in waits)
    assert len(set(waits)) > 1


async def test_the_server_s_jobs_move_keys_and_end_what_has_expired() -> None:
    """Signing keys after 90 days, grants after their absolute lifetime, places a day later."""
    world = await World.built()
    answer = await world.sign_in()
    heard = Heard()
    runner = JobRunner(
        jobs=server_jobs(world.store, world.keys, nothing_to_deliver, audit_days=730), seconds=1, ran=heard
    )
    await runner.run_once()
    assert await world.is_running(answer)

    world.pass_time(91 * 24 * 3600)
    await runner.run_once()

    keys, _ = await world.keys.all()
    assert len(keys) == 4
    token = parse(answer.refresh_token or "")
    found = await world.store.read(lambda uow: uow.refresh_tokens.find(token.family))
    assert found is not None
    assert found[0].ended_at_ms is not None
    names = (
        *("keys", "logouts", "expired_grants", "status_places", "used_proofs", "pending_requests", "device_requests"),
        *("codes", "logout_notices", "sign_in_attempts", "ended_grants", "ended_sessions", "old_events"),
    )
    assert heard.runs == [(name, True) for name in names] * 2


@pytest.mark.parametrize(("audit_days", "left"), [(0, True), (1, False)])
async def test_events_are_kept_as_long_as_is_set(audit_days: int, left: bool) -> None:
    """0 is for ever."""
    world = await World.built()
    await world.sign_in()
    world.pass_time(2 * 24 * 3600)
    jobs = server_jobs(world.store, world.keys, nothing_to_deliver, audit_days=audit_days)
    await JobRunner(jobs=jobs, seconds=1, ran=Heard()).run_once()

    assert ("signed_in" in await world.audited()) is left


async def test_what_has_ended_is_gone_in_the_end() -> None:
    """A backlog longer than one small batch."""
    world = await World.built()
    for number in range(60):
        answer = await world.sign_in(source=f"192.0.2.{number}")
        await world.sign_out.run(answer.refresh_token or "", source="s")
    world.pass_time(8 * 24 * 3600)
    jobs = server_jobs(world.store, world.keys, nothing_to_deliver, audit_days=0)
    await JobRunner(jobs=jobs, seconds=1, ran=Heard()).run_once()

    assert world.store._state.grants == {}
    assert world.store._state.sessions == {}
