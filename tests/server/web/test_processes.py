"""Several server processes over one database: races, and processes that die in the middle of them.

Everything here is a real process and real HTTP; the same on SQLite and on PostgreSQL.
"""

import asyncio
import signal

import httpx2
import pytest

from tests.server.web.live import Live, Retrying, refresh, sign_in_often

pytestmark = pytest.mark.anyio

TOKENS = 50
CALLERS = 8
CLIENTS = 40
REFRESHES = 25


def http() -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
    return httpx2.AsyncClient(timeout=30, limits=limits)


async def test_a_race_has_one_winner_and_no_loser(live: Live) -> None:
    """50 refresh tokens, each redeemed by 8 callers at once, at two processes (RFC 9700 §4.14.2 and its retries).

    One successor per token; every caller gets that same one; every session goes on with it.
    """
    async with http() as client:
        tokens = await sign_in_often(client, live, times=TOKENS)

        async def race(token: str) -> set[str]:
            callers = (refresh(client, live.url(number, "/token"), token) for number in range(CALLERS))
            answers = await asyncio.gather(*callers)
            assert [answer.status_code for answer in answers] == [200] * CALLERS
            return {answer.json()["refresh_token"] for answer in answers}

        successors = await asyncio.gather(*map(race, tokens))
        assert [len(found) for found in successors] == [1] * TOKENS
        fresh = set().union(*successors)
        assert len(fresh) == TOKENS
        assert fresh.isdisjoint(tokens)
        assert await counted(client, live, "refreshed") == TOKENS
        assert await counted(client, live, "refresh_repeated") == TOKENS * (CALLERS - 1)

        later = await asyncio.gather(*(refresh(client, live.url(0, "/token"), token) for token in fresh))
    assert {answer.status_code for answer in later} == {200}


async def counted(client: httpx2.AsyncClient, live: Live, event: str) -> float:
    """How often something was audited, over all processes."""
    total = 0.0
    for number in range(len(live.ports)):
        lines = (await client.get(live.url(number, "/metrics"))).text.splitlines()
        name = f'tokensmith_audit_events_total{{event="{event}"}} '
        total += sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))
    return total


async def test_a_process_that_is_killed_costs_nobody_their_session(live: Live) -> None:
    """SIGKILL in the middle of 1,000 refreshes: whoever retries goes on, and no token has two successors."""
    async with http() as client:
        tokens = await sign_in_often(client, live, times=CLIENTS)
        in_the_middle = asyncio.Event()
        clients = [Retrying(live, number, token) for number, token in enumerate(tokens)]

        async def kill() -> None:
            await in_the_middle.wait()
            live.servers[1].send_signal(signal.SIGKILL)

        def note_progress() -> None:
            if sum(len(one.successors) for one in clients) >= CLIENTS * REFRESHES // 3:
                in_the_middle.set()

        await asyncio.gather(kill(), *(one.go_on(client, times=REFRESHES, then=note_progress) for one in clients))

    assert live.servers[1].wait(10) == -signal.SIGKILL
    redeemed = [found for one in clients for found in one.successors.values()]
    assert len(redeemed) == CLIENTS * REFRESHES
    assert {len(found) for found in redeemed} == {1}
    assert len(set().union(*redeemed)) == CLIENTS * REFRESHES
