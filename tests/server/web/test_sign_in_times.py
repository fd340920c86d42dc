"""Wrong password and unknown name cannot be told apart by time: two samples of 200, compared by rank.

No bound is put on any time. The test asks whether somebody who measures could sort the two kinds of answers, as the
Mann-Whitney U test does; a slow or busy machine slows both samples alike, for they are taken alternately.
"""

import math
import random
import time
from itertools import product
from pathlib import Path

import httpx2
import pytest
from starlette.routing import Router

from tokensmith.server import Settings, create_app
from tokensmith.server.preparation import prepare_with_demo

pytestmark = pytest.mark.anyio

SAMPLE = 200
PROXY = "127.0.0.1"

# |z| exceeds this by chance once in 16,000 runs; a name that is answered without hashing gives 17.
TOLD_APART = 4.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def rank_difference(one: list[float], other: list[float]) -> float:
    """How many standard deviations the rank sum of *one* lies from what chance gives (Mann-Whitney U)."""
    wins = sum((a > b) + (a == b) / 2 for a, b in product(one, other))
    pairs = len(one) * len(other)
    return (wins - pairs / 2) / math.sqrt(pairs * (len(one) + len(other) + 1) / 12)


async def test_times_of_wrong_passwords_and_unknown_names_cannot_be_sorted(tmp_path: Path) -> None:
    """The whole way of a request: the same transactions, the same Argon2 work, the same answer."""
    settings = Settings(database=f"sqlite:///{tmp_path / 't.db'}", trusted_proxies=(PROXY,))
    await prepare_with_demo(settings, audience="http://127.0.0.1:8001")
    app = create_app(settings, prepared=True)
    assert isinstance(app, Router)
    transport = httpx2.ASGITransport(app=app, client=(PROXY, 50_000))
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    bodies = set()
    # Two names of each kind, as a hundred wrong passwords would lock one; a source of its own for each attempt.
    names = {"known": ("ada", "grace"), "unknown": ("adb", "gracf")}
    async with app.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=settings.issuer) as client:
        for number in range(SAMPLE):
            for kind in random.sample(sorted(times), 2):
                headers = {"x-forwarded-for": f"198.51.{number}.{len(times[kind]) % 2 + (kind == 'known') * 2}"}
                body = {"username": names[kind][number % 2], "password": "not the password"}
                started = time.perf_counter()
                answer = await client.post("/api/login", json=body, headers=headers)
                times[kind].append(time.perf_counter() - started)
                assert answer.status_code == 401, answer.text
                bodies.add((answer.json()["error"], answer.json()["error_description"]))

    assert len(bodies) == 1
    assert abs(rank_difference(times["known"], times["unknown"])) < TOLD_APART


def test_the_comparison_tells_samples_apart_that_differ() -> None:
    """It notices a fiftieth of a hash under noise of a thirtieth; and a hash left out, from far away."""
    noise = random.Random(7)
    sample = [noise.gauss(30, 1) for _ in range(SAMPLE)]
    alike = [noise.gauss(30, 1) for _ in range(SAMPLE)]
    slower = [noise.gauss(30.6, 1) for _ in range(SAMPLE)]
    unhashed = [noise.gauss(1, 1) for _ in range(SAMPLE)]

    assert abs(rank_difference(sample, alike)) < TOLD_APART
    assert rank_difference(slower, sample) > TOLD_APART
    assert rank_difference(sample, unhashed) > 17
