"""`POST /token` (RFC 6749 §3.2): the hot path of the server."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.flows.bound_certificate import bound_certificate
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.token_request import TokenEndpoint, TokenRequest
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.request_headers import proofs_of
from tokensmith.server.web.responses import token_response

TOKEN_PATH: Final = "/token"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHandler:
    """The handler."""

    clients: CallingClients
    possession: ProvePossession
    tokens: TokenEndpoint
    observer: Observer

    async def __call__(self, request: Request) -> Response:
        """Issue tokens for what the form asks.

        Raises:
            OAuthError: see `CallingClients.read`, `ProvePossession.run`, `bound_certificate` and `TokenEndpoint.run`.
        """
        call = await self.clients.read(request)
        grant_type = call.form.required("grant_type")
        key_thumbprint = await self.possession.run(
            proofs_of(request.scope), path=TOKEN_PATH, algorithms=call.client.registration.signs_with
        )
        # RFC 8705 §3; not where a proof says what the tokens are bound to.
        key_thumbprint = key_thumbprint or bound_certificate(call.client, call.certificate)
        answer = await self.tokens.run(
            TokenRequest(
                client=call.client,
                parameters=call.form.values,
                resources=call.form.resources,
                source=call.source,
                key_thumbprint=key_thumbprint,
            )
        )
        self.observer.issued(grant_type)
        return token_response(answer)
