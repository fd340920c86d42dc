"""The back end itself: two doors, one plan, and what is found at start."""

import asyncio

import pytest

from tests.client.scripted_server import ISSUER
from tests.integrations.bff.front_end import OURS, SECRET, FrontEnd
from tokensmith.client import Client, SecretClient
from tokensmith.guard import RequestFacts
from tokensmith.integrations.bff import Bff


def test_both_doors_lead_to_the_same() -> None:
    front = FrontEnd()
    front.sign_in()

    async def ask() -> tuple[object, ...]:
        facts = front.facts("GET", "/bff/session", OURS)
        answer = await front.bff.handle(facts)
        session = await front.bff.session(facts)
        headers = await front.bff.headers(facts, "GET", "https://notes.test/notes")
        assert answer is not None
        assert session is not None
        return answer.status, session.answer.access_token, headers

    assert asyncio.run(ask()) == (200, "a", {"Authorization": "Bearer a"})
    assert front.bff.headers_sync(front.facts("GET", "/", OURS), "GET", "/") == {"Authorization": "Bearer a"}
    session = front.bff.session_sync(front.facts("GET", "/"))
    assert session is not None
    assert session.claims == {}


@pytest.mark.parametrize("url", ["http://app.example", "https://app.example/path", "app.example", ""])
def test_a_public_url_is_an_origin(url: str) -> None:
    """Found at start; a cookie for the whole host needs all of it."""
    with pytest.raises(ValueError, match=r"origin|URL"):
        Bff(Client(ISSUER, SecretClient("a", "b")), public_url=url, secret=SECRET, scope="a")


def test_this_machine_needs_no_https() -> None:
    made = Bff(Client(ISSUER, SecretClient("a", "b")), public_url="http://127.0.0.1:8000", secret=[SECRET], scope="a")

    assert made.session_sync(RequestFacts.from_headers({})) is None
