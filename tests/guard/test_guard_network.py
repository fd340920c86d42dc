"""A guard as a service makes it, against an issuer on this machine: real sockets, real threads, a real event loop."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from tests.guard.local_issuer import AUDIENCE, LocalIssuer, listening
from tests.guard.minting import bearer
from tokensmith.guard import Guard, InvalidTokenError, Issuer, Principal, RequestFacts, UnavailableError
from tokensmith.outbound.with_httpx2 import Httpx2Fetcher


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with listening() as local:
        yield local


def authenticate(guard: Guard, door: str, facts: RequestFacts) -> Principal:
    return guard.authenticate_sync(facts) if door == "sync" else asyncio.run(guard.authenticate(facts))


@pytest.mark.parametrize("door", ["sync", "async", "httpx2"])
def test_an_issuers_url_and_an_audience_are_enough(issuer: LocalIssuer, door: str) -> None:
    fetcher = Httpx2Fetcher() if door == "httpx2" else None
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0), async_fetcher=fetcher)
    token = issuer.token()
    for _ in range(3):
        assert authenticate(guard, door, bearer(token)).subject == "ada"

    assert issuer.asked == ["/.well-known/oauth-authorization-server", "/keys", "/status/1"]


@pytest.mark.parametrize("door", ["sync", "async"])
def test_a_revocation_is_felt(issuer: LocalIssuer, door: str) -> None:
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0, poll_interval=0))
    token = issuer.token()
    assert authenticate(guard, door, bearer(token)).subject == "ada"
    issuer.revoked = True
    with pytest.raises(InvalidTokenError) as caught:
        authenticate(guard, door, bearer(token))

    assert caught.value.code == "revoked"


def test_many_threads_at_the_start_ask_once(issuer: LocalIssuer) -> None:
    """A thousand requests after a restart must not be a thousand fetches."""
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0))
    facts, subjects = bearer(issuer.token()), []
    threads = [
        threading.Thread(target=lambda: subjects.append(guard.authenticate_sync(facts).subject)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert subjects == ["ada"] * 8
    assert issuer.asked.count("/keys") == 1


def test_many_tasks_at_the_start_ask_once(issuer: LocalIssuer) -> None:
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0))
    facts = bearer(issuer.token())

    async def main() -> list[Principal]:
        return await asyncio.gather(*(guard.authenticate(facts) for _ in range(8)))

    assert {principal.subject for principal in asyncio.run(main())} == {"ada"}
    assert issuer.asked.count("/keys") == 1
    assert issuer.asked.count("/status/1") == 1


@pytest.mark.parametrize("door", ["sync", "async"])
def test_nobody_at_home_is_a_503(issuer: LocalIssuer, door: str) -> None:
    guard, facts = Guard(Issuer(issuer.url, audience=AUDIENCE)), bearer(issuer.token())
    issuer.server.server_close()
    with pytest.raises(UnavailableError):
        authenticate(guard, door, facts)
