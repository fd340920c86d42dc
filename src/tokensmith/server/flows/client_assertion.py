"""A client signs that it is who it is: private_key_jwt (RFC 7523 §3, RFC 7523bis §4, OpenID Connect Core §9).

The audience is our issuer and nothing else, so that an assertion made for us is good nowhere else and one made for
another server is not good here. Each is good once.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, cast

from tokensmith.jose import JoseError, jwt
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.key_ring import FixedClock
from tokensmith.server.flows.keys_of_clients import KeysOfClients

LEEWAY_SECONDS: Final = 10
# What is remembered of a used one is remembered until it expires, so it may not be good for ever.
LONGEST_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertions:
    """Checks them. *issuer* is whom they have to be made for."""

    store: Store
    issuer: str
    keys: KeysOfClients

    async def check(self, client: Client, assertion: str) -> None:
        """Refuse an assertion that does not prove this client.

        Raises:
            InvalidClientError: bad signature, another client's, for another server, out of its time, good for more
                than ten minutes (`client_assertion_refused`), or used before (`client_assertion_replayed`).
            UnavailableError: the database cannot be reached.
        """
        now_ms = await self.store.read(lambda uow: uow.now_ms())
        claims = await self._verified(client, assertion, now=now_ms / MILLISECONDS)
        expires_at = cast("float", claims["exp"]) + LEEWAY_SECONDS
        if expires_at - now_ms / MILLISECONDS > LONGEST_SECONDS + LEEWAY_SECONDS:
            raise _refused(client, "exp is more than ten minutes ahead")
        name = f"client assertion\0{client.id}\0{claims['jti']}".encode()
        until_ms = int(expires_at * MILLISECONDS)
        digest = hashlib.sha256(name).digest()
        if not await self.store.write(lambda uow: uow.used_proofs.claim(digest, until_ms=until_ms)):
            text = "The client did not prove who it is."
            raise InvalidClientError(text, code="client_assertion_replayed", detail=client.id)

    async def _verified(self, client: Client, assertion: str, *, now: float) -> jwt.Claims:
        try:
            verifier = jwt.Verifier(
                await self.keys.find(client, assertion),
                issuer=client.id,
                audience=self.issuer,
                profile=jwt.CLIENT_ASSERTION,
                leeway=LEEWAY_SECONDS,
                clock=FixedClock(now),
            )
            return verifier.verify(assertion).claims
        except JoseError as error:
            raise _refused(client, f"{error.code} {error.detail}") from None


def _refused(client: Client, detail: str) -> InvalidClientError:
    text = "The client did not prove who it is."
    return InvalidClientError(text, code="client_assertion_refused", detail=f"{client.id} {detail}"[:400])
