"""`POST /introspect` (RFC 7662)."""

from dataclasses import dataclass
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.flows.introspect import Introspect
from tokensmith.server.flows.sign_answers import INTROSPECTION_TYPE, SignAnswers
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.request_headers import header_values
from tokensmith.server.web.responses import json_response, signed_response

SIGNED_TYPE: Final = f"application/{INTROSPECTION_TYPE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrospectHandler:
    """The handler."""

    clients: CallingClients
    introspect: Introspect
    answers: SignAnswers

    async def __call__(self, request: Request) -> Response:
        """Say whether a token is good, and what it says if so.

        Raises:
            OAuthError: see `CallingClients.read` and `Introspect.run`.
        """
        call = await self.clients.read(request)
        members = cast(dict[str, JsonValue], await self.introspect.run(call.client, call.form.required("token")))
        # RFC 9701 §4: who wants it signed says so.
        if all(SIGNED_TYPE not in value for value in header_values(request.scope, b"accept")):
            return json_response(members)
        return signed_response(await self.answers.introspection(call.client, members), media_type=SIGNED_TYPE)
