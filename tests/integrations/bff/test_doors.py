"""The two ways to the authorization server say the same."""

import asyncio

from tests.client.scripted_server import ISSUER, ScriptedServer, token_answer
from tests.guard.scripted import ScriptedFetcher, run
from tests.integrations.bff.front_end import METADATA
from tokensmith.client import Client, RefreshToken, SecretClient
from tokensmith.integrations.bff.doors import AsyncWorld, BlockingWorld, World

BACK = "https://app.example/bff/callback"


async def everything(world: World) -> tuple[object, ...]:
    await world.pause(0)
    started, url = await world.start_sign_in(redirect_uri=BACK, scope="a", resource=None)
    done = await world.finish_sign_in(started, {"code": "c", "state": started.state})
    renewed = await world.ask(RefreshToken("r"))
    await world.revoke("r")
    end = await world.end_session_url(id_token=None, return_to="https://app.example/")
    return url.partition("?")[0], done.answer.access_token, renewed.access_token, end


def test_both_do_everything() -> None:
    server = ScriptedServer(token_answer("a"), token_answer("b"), metadata=METADATA)
    server.outside.documents[f"{ISSUER}/revoke"] = token_answer()
    client = Client(ISSUER, SecretClient("web", "hush"), fetcher=ScriptedFetcher(server.outside))
    blocking = run(everything(BlockingWorld(client)))
    server.answers[:] = [token_answer("a"), token_answer("b")]

    assert blocking == asyncio.run(everything(AsyncWorld(client)))
    assert blocking[:3] == (f"{ISSUER}/authorize", "a", "b")
