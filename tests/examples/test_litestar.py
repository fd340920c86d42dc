"""examples/litestar: a real process, called over HTTP with tokens of a real server."""

from collections.abc import Iterator

import pytest

from tests.examples.running import Running, check_a_revocation_is_felt, check_what_every_example_owes, running
from tokensmith.tour.exchange import get, send


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("litestar/notes.py", tmp_path_factory.mktemp("litestar")) as example:
        yield example


def test_it_does_what_every_example_owes(example: Running) -> None:
    check_what_every_example_owes(example)


def test_somebody_who_signed_out_is_refused(example: Running) -> None:
    check_a_revocation_is_felt(example)


def test_its_health_is_open_and_the_document_is_not(example: Running) -> None:
    assert send(get(f"{example.url}/health")).status == 200
    assert send(get(f"{example.url}/schema/openapi.json")).status == 401
