"""`POST /token` (RFC 6749 §3.2): the hot path of the server."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.flows.token_request import TokenEndpoint, TokenRequest
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.responses import token_response


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHandler:
    """The handler."""

    clients: CallingClients
    tokens: TokenEndpoint
    observer: Observer

    async def __call__(self, request: Request) -> Response:
        """Issue tokens for what the form asks.

        Raises:
            OAuthError: see `CallingClients.read` and `TokenEndpoint.run`.
        """
        call = await self.clients.read(request)
        grant_type = call.form.required("grant_type")
        answer = await self.tokens.run(
            TokenRequest(
                client=call.client, parameters=call.form.values, resources=call.form.resources, source=call.source
            )
        )
        self.observer.issued(grant_type)
        return token_response(answer)
