"""The sealing key is changed while server processes run and clients refresh: nobody is refused, on either database."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import time

import httpx2
import psycopg
import pytest

from tests.server.web.live import Live, Retrying, sign_in, sign_in_often
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_ring import REFRESH_SECONDS
from tokensmith.server.storage.sealing_source import read_sealing_file

pytestmark = pytest.mark.anyio

CLIENTS = 12
FAMILIES = "SELECT DISTINCT key_id FROM refresh_families"


def reseal(live: Live) -> str:
    """Run the command; what it said."""
    command = (sys.executable, "-m", "tokensmith", "keys", "reseal", "--database", live.database)
    environment = {**os.environ, **live.key_setting}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def rotation_keys(live: Live) -> set[str]:
    """The keys that current refresh tokens were made with."""
    if live.is_sqlite:
        with contextlib.closing(sqlite3.connect(live.folder / "tokensmith.db")) as raw:
            return {key_id for (key_id,) in raw.execute(FAMILIES)}
    with psycopg.connect(live.database) as connection:
        return {key_id for (key_id,) in connection.execute(FAMILIES)}


async def tell_of_the_new_key(live: Live) -> None:
    """What the settings' owner does: both keys, the new one first; then one server after the other is restarted."""
    live.give_key(Sealing.generate().before(read_sealing_file(live.key_file)))
    for server in tuple(live.servers):
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(live.start)


async def test_nobody_is_refused_while_the_sealing_key_is_changed(live: Live) -> None:
    """Clients refresh all the time, at whichever server is up, before, during and after the change; each goes on with
    a token that the new key has made, and so does whoever signs in then, also at a server that starts afterwards.
    """
    old = read_sealing_file(live.key_file).current_key_id
    async with httpx2.AsyncClient(timeout=30) as client:
        tokens = await sign_in_often(client, live, times=CLIENTS)
        clients = [Retrying(live, number, token) for number, token in enumerate(tokens)]
        is_over = False

        async def go_on(one: Retrying) -> None:
            while not is_over:
                await one.go_on(client, times=1, then=lambda: None)

        async def change() -> str:
            nonlocal is_over
            try:
                if not live.is_sqlite:
                    await tell_of_the_new_key(live)
                    assert rotation_keys(live) == {old}
                said = await asyncio.to_thread(reseal, live)
                # Until a process asks again it may make a token with the old key, also right after a look at them.
                learnt_at = time.monotonic() + 2 * REFRESH_SECONDS
                while time.monotonic() < learnt_at or rotation_keys(live) & {old}:
                    await client.get(live.url(len(live.ports) - 1, "/healthz"))
            finally:
                is_over = True
            return said

        going_on = asyncio.gather(*map(go_on, clients))
        said = await change()
        await going_on
        new = read_sealing_file(live.key_file).current_key_id
        assert f"sealed with {new} now" in said
        assert rotation_keys(live) == {new} != {old}

        await asyncio.to_thread(live.start)
        for one in clients:
            one.number = len(live.ports) - 2
            await one.go_on(client, times=1, then=lambda: None)
        assert await sign_in(client, live, number=len(live.ports) - 1)
