"""httpx2 with tokens of a real token server, at real adapters."""

import asyncio
import time

import httpx2
import pytest

from tests.client.notes import JOB, Notes, job, signed_in, tool
from tests.server.web.live import Live
from tokensmith.client import ProofKey, RefreshToken, TokenSource
from tokensmith.client.with_httpx2 import TokenAuth
from tokensmith.guard import SenderConstraint
from tokensmith.jose import jwt

NONCES = SenderConstraint(policy="require", nonce_secret=bytes(range(32)))


class Moment:
    """A clock for ages that a test moves."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def sending(notes: Notes, tokens: TokenSource) -> httpx2.Client:
    auth = TokenAuth(tokens, origin=notes.url)
    return httpx2.Client(transport=notes.over_wsgi(), base_url=notes.url, auth=auth, event_hooks=notes.noting())


def token_id(token: str) -> str:
    return str(jwt.read_unverified(token).unverified_claims["jti"])


def test_requests_pass_blocking_and_in_a_loop(live: Live) -> None:
    notes = Notes(live)
    tokens = job(live).tokens()

    async def ask() -> object:
        auth = TokenAuth(tokens, origin=notes.url)
        async with httpx2.AsyncClient(transport=notes.over_asgi(), base_url=notes.url, auth=auth) as client:
            return (await client.get("/notes")).json()

    with sending(notes, tokens) as client:
        assert client.get("/notes").text == JOB
    assert asyncio.run(ask()) == JOB


def test_a_token_goes_to_its_service_and_nowhere_else(live: Live) -> None:
    """A client that is pointed at another host must not hand it over, whatever its scheme, port or spelling."""
    notes = Notes(live)
    elsewhere = [
        "http://127.0.0.1:8002/",
        "https://127.0.0.1:8001/",
        "http://evil.test/",
        "http://127.0.0.1:80010/",
        # What is no plain URL is not looked at twice.
        "http://127.0.0.1:8001@evil.test/",
    ]

    async def ask() -> None:
        auth = TokenAuth(job(live).tokens(), origin=notes.url)
        async with httpx2.AsyncClient(transport=notes.over_asgi(), auth=auth) as client:
            assert (await client.get("http://evil.test/")).status_code == 401

    with sending(notes, job(live).tokens()) as client:
        for url in elsewhere:
            assert client.get(url).status_code == 401
        assert client.get(f"{notes.url}/a#b").status_code == 200
    assert ["authorization" in headers for headers in notes.asked] == [False] * 5 + [True]
    asyncio.run(ask())


def test_a_bound_token_comes_with_a_proof_and_the_nonce_that_was_told(live: Live) -> None:
    """RFC 9449 §9: the first request is told the nonce and is sent again; the others have it."""
    notes = Notes(live, sender=NONCES)

    async def ask() -> list[int]:
        auth = TokenAuth(job(live, proof_key=ProofKey()).tokens(), origin=notes.url)
        async with httpx2.AsyncClient(transport=notes.over_asgi(), base_url=notes.url, auth=auth) as client:
            return [(await client.post("/notes", json={"a": 1})).status_code for _ in range(2)]

    with sending(notes, job(live, proof_key=ProofKey()).tokens()) as client:
        assert [client.get("/notes?a=b").status_code for _ in range(3)] == [200] * 3
    assert len(notes.asked) == 4
    assert asyncio.run(ask()) == [200, 200]


def test_two_requests_at_once_are_both_sent_again_with_the_nonce(live: Live) -> None:
    """Each was sent without it, whichever is told first."""
    auth = TokenAuth(job(live, proof_key=ProofKey()).tokens(), origin="https://notes.test")
    requests = [httpx2.Request("GET", f"https://notes.test/{name}") for name in "ab"]
    flows = [auth.sync_auth_flow(request) for request in requests]
    told = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "n-1"}
    first = [next(flow).headers["DPoP"] for flow in flows]
    again = [
        flow.send(httpx2.Response(401, headers=told, request=request)).headers["DPoP"]
        for flow, request in zip(flows, requests, strict=True)
    ]

    assert not any("n-1" in str(jwt.read_unverified(each).unverified_claims) for each in first)
    assert [jwt.read_unverified(each).unverified_claims["nonce"] for each in again] == ["n-1", "n-1"]
    for flow, request in zip(flows, requests, strict=True):
        with pytest.raises(StopIteration):
            flow.send(httpx2.Response(401, headers=told, request=request))


def test_a_token_that_the_service_calls_invalid_is_replaced_once(live: Live) -> None:
    """Nobody is signed out by a token that was revoked under it, and no service is asked again and again."""
    moment = Moment()
    notes, tokens = Notes(live), tool(live, monotonic=moment).tokens(RefreshToken(signed_in(live)))
    notes.refuses.add(token_id(tokens.get_sync().access_token))
    with sending(notes, tokens) as client:
        assert client.get("/notes").status_code == 401
        moment.ahead = 6
        assert client.get("/notes").status_code == 200
    assert len(notes.asked) == 3


def test_a_body_that_cannot_be_sent_again_is_sent_once(live: Live) -> None:
    """The service has read it; what is left would be a part of it."""
    notes = Notes(live, sender=NONCES)
    with sending(notes, job(live, proof_key=ProofKey()).tokens()) as client:
        assert client.post("/notes", content=iter([b"once"])).status_code == 401
        assert client.post("/notes", content=iter([b"with the nonce"])).status_code == 200
    assert len(notes.asked) == 2


@pytest.mark.parametrize("origin", ["", "notes.example", "ftp://notes.example"])
def test_an_origin_is_one(origin: str, live: Live) -> None:
    with pytest.raises(ValueError, match="URL"):
        TokenAuth(job(live).tokens(), origin=origin)
