"""Whose pages may talk to us: those of origins at which a client has a redirect URI (decision 15, Fetch §3.2).

A program that runs in a browser has no other way to redeem its code. It is let in without cookies: what it may do, its
client id and its code say, not the browser it runs in.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.unit_of_work import Store

# All clients are read for it; a new one's pages wait that long at most.
REFRESH_SECONDS: Final = 30.0


@dataclass(slots=True)
class RegisteredOrigins:
    """The origins as one process knows them."""

    store: Store
    monotonic: Callable[[], float] = time.monotonic
    _origins: frozenset[str] = field(default_factory=frozenset, init=False)
    _fresh_until: float = field(default=0.0, init=False)

    async def include(self, origin: str) -> bool:
        """Tell whether a client is at this origin, as browsers write it.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        now = self.monotonic()
        if now >= self._fresh_until:
            clients = await self.store.read(lambda uow: uow.clients.all())
            self._origins = frozenset(origin for client in clients for origin in origins_of(client))
            self._fresh_until = now + REFRESH_SECONDS
        return origin in self._origins


def origins_of(client: Client) -> frozenset[str]:
    """Return the origins of a client's redirect URIs; a scheme of an app's own has none."""
    if client.disabled:
        return frozenset()
    parts = (urlsplit(uri) for uri in client.registration.redirect_uris)
    return frozenset(f"{each.scheme}://{each.netloc}" for each in parts if each.scheme in ("http", "https"))
