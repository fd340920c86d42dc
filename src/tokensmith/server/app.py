"""The composition root: settings in, an ASGI application out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.types import ASGIApp

from tokensmith.server.ops.metrics import Metrics
from tokensmith.server.ops.traces import opened_traces
from tokensmith.server.parts import opened_parts
from tokensmith.server.settings import Settings
from tokensmith.server.web.ending import ENDING, Ending
from tokensmith.server.web.router import ExactRouter
from tokensmith.server.wiring import Wiring


def create_app(settings: Settings, *, prepared: bool = False) -> ASGIApp:
    """Return the token server as an ASGI application.

    Nothing is opened before its lifespan starts, so it may be made in one process and run in another.

    Args:
        prepared: The database is ready (see `prepare`), as `tokensmith serve` has seen to; otherwise the lifespan does
            that first.
    """

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[dict[str, Ending]]:
        if not prepared:
            # Here and not above: it brings Alembic along, which workers whose database is ready do without.
            from tokensmith.server.preparation import prepare  # noqa: PLC0415

            await prepare(settings)
        async with opened_traces(settings) as traces, opened_parts(settings) as parts:
            wiring = Wiring(settings, parts, Metrics(), traces=traces)
            router.serve(wiring.routes())
            jobs = asyncio.create_task(wiring.jobs().run())
            try:
                yield {ENDING: wiring.ending}
            finally:
                jobs.cancel()
                with suppress(asyncio.CancelledError):
                    await jobs

    router = ExactRouter(lifespan=lifespan)
    return router
