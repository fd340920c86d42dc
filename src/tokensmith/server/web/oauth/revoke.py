"""`POST /revoke` (RFC 7009)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.flows.revoke import Revoke
from tokensmith.server.web.oauth.calling_client import CallingClients


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeHandler:
    """The handler."""

    clients: CallingClients
    revoke: Revoke

    async def __call__(self, request: Request) -> Response:
        """End a token; an unknown one is no error (RFC 7009 §2.2), and the body of a success is empty.

        Raises:
            OAuthError: see `CallingClients.read` and `Revoke.run`.
        """
        call = await self.clients.read(request)
        await self.revoke.run(call.client, call.form.required("token"), source=call.source)
        return Response(None, 200, {"cache-control": "no-store"})
