"""The notes service in a process of its own, with an issuer it can find; one for a whole module of tests."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.services.processes import Processes, free_port
from tests.tour.http_issuer import issuing
from tokensmith.guard.testing import FakeIssuer


@dataclass(frozen=True)
class Notes:
    url: str
    issuer: FakeIssuer


@pytest.fixture(scope="module")
def notes() -> Iterator[Notes]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with issuing(audience="urn:example:notes") as issuer, Processes() as processes:
        processes.start(
            *(sys.executable, "-m", "tokensmith.tour.notes", "--port", str(port)),
            environment={"TOKENSMITH_NOTES_ISSUER": issuer.url, "TOKENSMITH_NOTES_AUDIENCE": issuer.audience},
            port=port,
        )
        yield Notes(url, issuer)
