"""A server of aiohttp on a port of its own, in a thread of its own; what is sent goes over the wire as it is."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from aiohttp import web

from tests.integrations.contract import Send
from tests.integrations.over_the_wire import exchange


@contextmanager
def serving(app: web.Application) -> Iterator[Send]:
    """Serve the application until the test is over."""
    with listening(app) as port:
        yield lambda method, path, headers: exchange(port, method, path, headers)


@contextmanager
def listening(app: web.Application, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve it, and say on which port."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        # Longer than a token may be: what is refused for its length here is refused by the guard.
        runner = web.AppRunner(app, access_log=None, max_field_size=65_536)
        port = asyncio.run_coroutine_threadsafe(_started(runner, tls), loop).result(30)
        try:
            yield port
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _started(runner: web.AppRunner, tls: ssl.SSLContext | None) -> int:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port: int = runner.addresses[0][1]
    return port
