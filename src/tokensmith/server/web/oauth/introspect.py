"""`POST /introspect` (RFC 7662)."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.flows.introspect import Introspect
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.responses import json_response


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrospectHandler:
    """The handler."""

    clients: CallingClients
    introspect: Introspect

    async def __call__(self, request: Request) -> Response:
        """Say whether a token is good, and what it says if so.

        Raises:
            OAuthError: see `CallingClients.read` and `Introspect.run`.
        """
        call = await self.clients.read(request)
        members = await self.introspect.run(call.client, call.form.required("token"))
        return json_response(cast(dict[str, JsonValue], members))
