"""`GET /status/feed`: guards hear at once which list to fetch again (HTML §9.2, decision 7)."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from tests.server.flows.world import ISSUER, World
from tests.server.web.served import Served
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.flows.watch_status import WATCH_SECONDS, WatchStatus
from tokensmith.server.web.ending import Ending
from tokensmith.server.web.oauth.status_feed import HEARTBEAT_SECONDS, StatusFeedHandler

pytestmark = pytest.mark.anyio
REQUEST = Request({"type": "http"})


@dataclass
class PassingTime(Ending):
    """An end that never begins by itself, and to wait for it passes the world's time."""

    world: World
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.world.pass_time(seconds)


@pytest.fixture
def world(served: Served) -> World:
    return served.world


def handler(world: World, *, max_listeners: int = 9) -> StatusFeedHandler:
    watch = WatchStatus(issuer=ISSUER, store=world.store, monotonic=lambda: world.seconds)
    return StatusFeedHandler(
        watch=watch, ending=PassingTime(world), max_listeners=max_listeners, monotonic=lambda: world.seconds
    )


async def events(feed: StatusFeedHandler) -> AsyncGenerator[bytes]:
    response = await feed(REQUEST)
    assert isinstance(response, StreamingResponse)
    assert isinstance(response.body_iterator, AsyncGenerator)
    return response.body_iterator


async def test_the_first_events_name_every_list_and_the_next_the_one_that_changed(world: World) -> None:
    answer = await world.sign_in()
    uri = f"{ISSUER}/status/{(await world.read(answer)).place.list_id}".encode()
    heard = await events(handler(world))
    first = await anext(heard)
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")
    started = world.seconds
    second = await anext(heard)

    assert first == second == b"data: %b\n\n" % uri
    assert world.seconds - started <= WATCH_SECONDS
    await heard.aclose()


async def test_silence_is_broken_by_a_comment(world: World) -> None:
    """So that a guard can tell a quiet feed from a dead one, and we a guard that went away."""
    await world.read(await world.sign_in())
    heard = await events(handler(world))
    await anext(heard)
    started = world.seconds

    assert await anext(heard) == b":\n\n"
    assert HEARTBEAT_SECONDS <= world.seconds - started <= HEARTBEAT_SECONDS + 2 * WATCH_SECONDS
    await heard.aclose()


async def test_the_end_of_the_process_ends_it(world: World) -> None:
    await world.read(await world.sign_in())
    feed = handler(world)
    heard = await events(feed)
    await anext(heard)
    feed.ending.begin()

    assert [chunk async for chunk in heard] == []


async def test_a_database_that_goes_away_ends_it(world: World) -> None:
    await world.read(await world.sign_in())
    heard = await events(handler(world))
    await anext(heard)
    world.store.outage = UnavailableError("The database is away.")

    assert [chunk async for chunk in heard] == []


async def test_there_is_room_for_so_many_however_many_come_at_once(world: World) -> None:
    """CWE-770: each holds a connection."""
    await world.read(await world.sign_in())
    feed = handler(world, max_listeners=2)
    decided: list[str] = []
    all_decided, go_on = asyncio.Event(), asyncio.Event()

    def decide(what: str) -> None:
        decided.append(what)
        if len(decided) == 5:
            all_decided.set()

    async def listen() -> None:
        async def send(message: object) -> None:
            if not go_on.is_set():
                decide("listens")
                await go_on.wait()
                feed.ending.begin()

        try:
            response = await feed(REQUEST)
        except UnavailableError as error:
            decide(error.code)
        else:
            await response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive_nothing, send)

    # As if the database took its time: all of them are at the door before the first is in.
    async with feed.watch._asking, asyncio.timeout(30):
        listening = asyncio.gather(*(listen() for _ in range(5)))
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await all_decided.wait()
        go_on.set()
        await listening

    assert sorted(decided) == ["listens"] * 2 + ["too_many_listeners"] * 3
    assert isinstance(await feed(REQUEST), StreamingResponse)


async def receive_nothing() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def test_it_is_a_stream_that_nobody_keeps(served: Served) -> None:
    """HEAD says what GET would, and ends."""
    async with served.http() as client:
        answer = await client.head("/status/feed")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_listener_is_counted_when_it_comes(served: Served) -> None:
    """Hours of listening are nobody's waiting time, and would be the slowest requests of all."""
    sent: list[str] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message["type"]))
        served.wiring.ending.begin()

    scope = {"type": "http", "method": "GET", "path": "/status/feed", "headers": [], "query_string": b""}
    labels = {"route": "/status/feed", "method": "GET", "status": "200"}
    counted: list[float | None] = []

    async def counting_send(message: dict[str, object]) -> None:
        counted.append(served.metrics.registry.get_sample_value("tokensmith_request_seconds_count", labels))
        await send(message)

    await served.app({**scope, "asgi": {"spec_version": "2.4"}}, receive_nothing, counting_send)

    assert sent[0] == "http.response.start"
    assert counted[0] == 1
