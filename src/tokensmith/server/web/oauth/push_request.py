"""`POST /par` (RFC 9126 §2)."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.push_request import PushRequest
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.request_headers import proofs_of
from tokensmith.server.web.responses import json_response

PAR_PATH: Final = "/par"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequestHandler:
    """The handler."""

    clients: CallingClients
    possession: ProvePossession
    push: PushRequest

    async def __call__(self, request: Request) -> Response:
        """Keep a request and say under which name.

        Raises:
            OAuthError: see `CallingClients.read`, `ProvePossession.run` and `PushRequest.run`.
        """
        call = await self.clients.read(request)
        key_thumbprint = await self.possession.run(
            proofs_of(request.scope), path=PAR_PATH, algorithms=call.client.registration.signs_with
        )
        pushed = await self.push.run(call.client, call.form.values, call.form.resources, key_thumbprint=key_thumbprint)
        members: dict[str, JsonValue] = {"request_uri": pushed.request_uri, "expires_in": pushed.expires_in}
        return json_response(members, status=201)
