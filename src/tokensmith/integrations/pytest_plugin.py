"""pytest: fixtures for the tests of a service, with no server and no network.

    # conftest.py
    pytest_plugins = ["tokensmith.integrations.pytest_plugin"]

    @pytest.fixture
    def tokensmith_guard():
        return notes.guard                  # the one your service uses

    # test_notes.py
    def test_a_reader_gets_in(client, auth_headers):
        assert client.get("/notes", headers=auth_headers(sub="ada", scope="notes:read")).status_code == 200

    def test_ada_sees_hers(client, acting_as):
        with acting_as(sub="ada", scope="notes:read"):
            assert client.get("/notes").json() == ["A note of ada"]

It is named in a conftest.py, and not loaded by itself: one that is costs every test run of whoever has us installed.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tokensmith.guard import Guard, testing
from tokensmith.guard.testing import FakeIssuer


@pytest.fixture
def tokensmith_guard() -> Guard:
    """Return the guard of the service under test; for you to override."""
    raise pytest.UsageError("write a fixture tokensmith_guard that returns your service's guard")


@pytest.fixture
def fake_issuer(tokensmith_guard: Guard) -> Iterator[FakeIssuer]:
    """Whom the guard trusts during the test, and nobody else; it makes tokens, good ones and bad, and revokes them."""
    with testing.stand_in(tokensmith_guard) as fake:
        yield fake


@pytest.fixture
def auth_headers(fake_issuer: FakeIssuer) -> Callable[..., dict[str, str]]:
    """Make the headers of a request with a new token; arguments as for `FakeIssuer.token`."""
    return fake_issuer.headers


@pytest.fixture
def acting_as(tokensmith_guard: Guard) -> Callable[..., AbstractContextManager[FakeIssuer]]:
    """Have requests without credentials be somebody's within a block; arguments as for `FakeIssuer.token`."""
    return functools.partial(testing.acting_as, tokensmith_guard)
