"""The client at a real token server, through both doors."""

import asyncio
import time

import pytest

from tests.client.notes import Notes, job, signed_in, tool
from tests.client.scripted_server import ISSUER, TOOL, ScriptedServer, token_answer
from tests.client.test_device import DEVICE_URL, PENDING, device_answer
from tests.guard.scripted import ScriptedFetcher
from tests.server.web.live import Live
from tokensmith.client import (
    Client,
    ClientCredentials,
    ProofKey,
    RefreshToken,
    RefusedError,
    SecretClient,
    ServerUnavailableError,
    SignInAgainError,
)
from tokensmith.guard import RequestFacts


def scripted(*answers: object) -> tuple[Client, ScriptedServer]:
    server = ScriptedServer(*answers, metadata={"device_authorization_endpoint": DEVICE_URL})  # type: ignore[arg-type]
    server.outside.documents[DEVICE_URL] = device_answer(interval=0.01)
    return Client(ISSUER, TOOL, fetcher=ScriptedFetcher(server.outside)), server


def test_a_service_gets_a_token_for_itself(live: Live) -> None:
    """RFC 6749 §4.4; a guard of the service it is meant for takes it."""
    notes, client = Notes(live), job(live)
    grant = ClientCredentials(resource=notes.url, scope="notes:read")
    answers = [client.ask_sync(grant), asyncio.run(client.ask(grant))]

    for answer in answers:
        facts = RequestFacts.from_headers({"Authorization": f"Bearer {answer.access_token}"})
        assert notes.guard.authenticate_sync(facts).client_id == "demo-short"
    assert {answer.expires_in for answer in answers} == {2.0}


def test_a_wrong_secret_is_refused(live: Live) -> None:
    with pytest.raises(RefusedError) as caught:
        Client(live.issuer, SecretClient("demo-short", "wrong")).ask_sync(ClientCredentials())

    assert caught.value.error == "invalid_client"


def test_a_bound_token_passes_with_its_proofs(live: Live) -> None:
    """RFC 9449 §5, §7: from the real server to a guard that takes nothing else."""
    notes, key = Notes(live), ProofKey()
    tokens = job(live, proof_key=key).tokens(ClientCredentials(resource=notes.url))
    url = f"{notes.url}/notes?page=2"

    for _ in range(2):
        facts = RequestFacts.from_headers(tokens.headers_sync("GET", url), method="GET", url=url)
        principal = notes.guard.authenticate_sync(facts)
        assert principal.claims["cnf"] == {"jkt": key.thumbprint}
    assert tokens.get_sync().token_type == "DPoP"


def test_a_person_stays_signed_in(live: Live) -> None:
    """Each refresh token is used once, however many tasks ask at the end of a token's life."""
    kept: list[str] = []
    first = signed_in(live)
    moment = [time.monotonic()]
    tokens = tool(live, monotonic=lambda: moment[0]).tokens(RefreshToken(first), on_rotated=kept.append)

    async def everybody() -> set[str]:
        moment[0] += 3600
        return {each.access_token for each in await asyncio.gather(*(tokens.get() for _ in range(20)))}

    given = [asyncio.run(everybody()) for _ in range(5)]
    assert [len(each) for each in given] == [1] * 5
    assert len(set.union(*given)) == 5
    assert len({first, *kept}) == 6


def test_what_is_given_up_is_over(live: Live) -> None:
    """RFC 7009; giving it up twice is no mistake."""
    client, token = tool(live), signed_in(live)
    client.revoke_sync(token)
    asyncio.run(client.revoke(token))

    with pytest.raises(SignInAgainError):
        client.ask_sync(RefreshToken(token))


def test_a_server_that_is_gone_is_not_there(live: Live) -> None:
    assert live.ports
    with pytest.raises(ServerUnavailableError, match="metadata"):
        Client("http://127.0.0.1:1", SecretClient("a", "b")).ask_sync(ClientCredentials())


def test_a_person_signs_in_on_another_device() -> None:
    """RFC 8628, through both doors."""
    client, _ = scripted(PENDING, token_answer("a"), PENDING, token_answer("b"))
    slept: list[float] = []

    async def waiting() -> str:
        return (await client.wait_for_device(await client.start_device(scope="a"))).access_token

    login = client.start_device_sync(scope="a")
    assert client.wait_for_device_sync(login, sleep=slept.append).access_token == "a"
    assert asyncio.run(waiting()) == "b"
    assert slept == [0.01, 0.01]


def test_what_a_server_does_not_offer_is_told() -> None:
    client, _ = scripted(token_answer())
    with pytest.raises(RefusedError) as caught:
        client.revoke_sync("r")

    assert caught.value.code == "not_offered"


def test_only_refresh_tokens_rotate() -> None:
    """Found at start: what was meant to be kept would never come."""
    client, _ = scripted(token_answer())
    with pytest.raises(ValueError, match="RefreshToken"):
        client.tokens(on_rotated=print)


def test_a_source_asks_nothing_before_it_is_asked() -> None:
    client, server = scripted(token_answer())
    tokens = client.tokens()

    assert server.outside.fetched == []
    assert tokens.get_sync().access_token == "a.b.c"
