"""Each program in examples/: a real process, called over HTTP with tokens of a real server."""

from collections.abc import Iterator

import pytest

from tests.examples.running import TOP, Running, check_a_revocation_is_felt, check_what_every_example_owes, running
from tokensmith.tour.exchange import get, send

# What is closed although nobody said so; elsewhere a path without a view is a 404 to everybody.
CLOSED = dict.fromkeys(("aiohttp", "flask", "starlette"), "/elsewhere") | {"litestar": "/schema/openapi.json"}
EXAMPLES = sorted(path.parent.name for path in TOP.glob("examples/*/notes.py"))


@pytest.fixture(scope="module", params=EXAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def example(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(f"{name}/notes.py", tmp_path_factory.mktemp(name)) as example:
        yield example


def test_there_are_some() -> None:
    assert {"aiohttp", "django", "drf", "fastapi", "flask", "litestar", "starlette"} <= set(EXAMPLES)


def test_it_does_what_every_example_owes(example: Running) -> None:
    check_what_every_example_owes(example)


def test_somebody_who_signed_out_is_refused(example: Running) -> None:
    check_a_revocation_is_felt(example)


def test_its_health_is_open(example: Running) -> None:
    assert send(get(f"{example.url}/health")).status == 200


def test_nothing_is_open_by_mistake(name: str, example: Running) -> None:
    expected = 401 if name in CLOSED else 404

    assert send(get(f"{example.url}{CLOSED.get(name, '/elsewhere')}")).status == expected
