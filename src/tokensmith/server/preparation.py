"""What a database needs before the first request, and what `serve --demo` adds; safe from many processes at once."""

import asyncio

from tokensmith.server.demo import Demo, prepare_demo
from tokensmith.server.flows.manage_clients import ManageClients
from tokensmith.server.flows.manage_resources import ManageResources
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.parts import Parts, database_of, opened_parts
from tokensmith.server.settings import Settings
from tokensmith.server.storage.migrate import migrate


async def prepare(settings: Settings, *, serves: bool = True) -> None:
    """Bring the tables up to date; make the first signing keys and the first-party client where they are missing.

    Args:
        settings: Which database, and the issuer's name.
        serves: A server starts with these settings, so the server's own resource is called by its issuer. A command
            that was told the database alone must not take the name from servers that run.

    Raises:
        ServerError: the database cannot be reached or is a newer version's, or the sealing key is missing or wrong.
        SettingsError: the database's URL is none.
    """
    await asyncio.to_thread(migrate, database_of(settings))
    async with opened_parts(settings) as parts:
        await prepare_parts(parts, issuer=settings.issuer if serves else None)


async def prepare_parts(parts: Parts, *, issuer: str | None) -> None:
    """Do the same over parts that are open already, whose tables are up to date; None leaves the issuer's name."""
    if issuer is not None:
        await ManageResources(store=parts.store).ensure_identity(issuer)
    if parts.provider is not None:
        # A wrong PIN is found here, once, and not by each worker: a token locks itself after a few.
        await parts.provider.check()
    await RotateKeys(store=parts.store, sealers=parts.sealing, provider=parts.provider).ensure()
    await ManageClients(store=parts.store).ensure_first_party()


async def prepare_with_demo(settings: Settings, *, audience: str) -> Demo:
    """Do the same, and make a demo of it.

    Raises:
        ServerError: as for `prepare`, or *audience* is no URI.
    """
    await prepare(settings)
    async with opened_parts(settings) as parts:
        return await prepare_demo(
            parts.store, parts.hasher, parts.sealing.held, issuer=settings.issuer, audience=audience
        )
