"""Signing for all who wait, once in each turn of the event loop."""

import asyncio

import pytest

from tokensmith.jose import Key, jwt
from tokensmith.server.flows.signing_rounds import SigningRounds

pytestmark = pytest.mark.anyio

KEY = Key.generate("ES256")
SIGNER = jwt.Signer(KEY, issuer="https://id.example", audience="https://api.example")


def subject(token: str) -> str | None:
    return jwt.verify(token, KEY.public(), issuer="https://id.example", audience="https://api.example").claims.subject


async def test_each_gets_its_own_token() -> None:
    """RFC 9700 §4.5: one person's token in another's answer would be the worst there is."""
    rounds = SigningRounds()
    names = [f"person {number}" for number in range(50)]
    tokens = await asyncio.gather(*(rounds.sign(SIGNER, {"sub": name}) for name in names))

    assert [subject(token) for token in tokens] == names


async def test_a_round_follows_a_round() -> None:
    rounds = SigningRounds()

    assert subject(await rounds.sign(SIGNER, {"sub": "first"})) == "first"
    assert subject(await rounds.sign(SIGNER, {"sub": "second"})) == "second"


async def test_what_is_wrong_with_one_is_told_to_that_one() -> None:
    rounds = SigningRounds()
    wrong, right = await asyncio.gather(
        rounds.sign(SIGNER, {"sub": 7}), rounds.sign(SIGNER, {"sub": "ada"}), return_exceptions=True
    )

    assert isinstance(wrong, ValueError)
    assert subject(str(right)) == "ada"


async def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    """A caller that hangs up cancels its request."""
    rounds = SigningRounds()
    tasks = [asyncio.create_task(rounds.sign(SIGNER, {"sub": name})) for name in ("gone", "here")]
    asyncio.get_running_loop().call_soon(tasks[0].cancel)
    gone, here = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(gone, asyncio.CancelledError)
    assert subject(str(here)) == "here"
