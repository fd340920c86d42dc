"""Guards hear of a sign-out from the feed, whichever process it happened at, long before they would have asked."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from tests.server.web.live import Live
from tokensmith.guard import Guard, InvalidTokenError, Issuer, Principal, RequestFacts
from tokensmith.outbound.with_httpx2 import Httpx2Fetcher

pytestmark = pytest.mark.anyio

# Nothing is polled within the test, and nothing is waited for when the servers stop: either would hold it up for long.
SELDOM = 3600
PATIENCE = 30
Authenticate = Callable[[RequestFacts], Awaitable[Principal]]


@pytest.fixture(autouse=True)
def _patient_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the guards when it stops waits until it is killed, which its status tells."""
    monkeypatch.setenv("TOKENSMITH_DRAIN_SECONDS", "600")


async def test_a_sign_out_is_heard_of_and_not_waited_for(live: Live) -> None:
    """Guards listen to one process, the person signs out at the other; then both stop with the guards listening."""
    audience = live.demo["audience"]
    guards = [
        Guard(
            Issuer(live.issuer, audience=audience, poll_interval=SELDOM, max_stale=SELDOM),
            async_fetcher=fetcher,
        )
        for fetcher in (None, Httpx2Fetcher(), None)
    ]
    doors = [guards[0].authenticate, guards[1].authenticate, in_thread(guards[2])]
    async with httpx2.AsyncClient(timeout=30) as client:
        body = {"username": "ada", "password": live.demo["people"]["ada"]}
        answer = (await client.post(live.url(0, "/api/login"), json=body)).json()
        facts = RequestFacts.from_headers({"Authorization": f"Bearer {answer['access_token']}"})
        for authenticate in doors:
            await authenticate(facts)
        await client.post(live.url(1, "/api/logout"), json={"refresh_token": answer["refresh_token"]})

        assert await asyncio.gather(*(refusal(each, facts) for each in doors)) == ["revoked"] * 3

    assert [await asyncio.to_thread(server.stop) for server in live.servers] == [0, 0]


def in_thread(guard: Guard) -> Authenticate:
    async def authenticate(facts: RequestFacts) -> Principal:
        return await asyncio.to_thread(guard.authenticate_sync, facts)

    return authenticate


async def refusal(authenticate: Authenticate, facts: RequestFacts) -> str:
    """What the guard says once it does not let the token in any more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await authenticate(facts)
            except InvalidTokenError as error:
                return error.code
            await asyncio.sleep(0.02)
