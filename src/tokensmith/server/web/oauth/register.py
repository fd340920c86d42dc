"""`POST /register`, and `GET`, `PUT`, `DELETE /register/{client_id}` (RFC 7591 §3, RFC 7592 §2)."""

import hmac
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tokensmith.guard.credentials import find_token
from tokensmith.guard.errors import GuardError
from tokensmith.guard.facts import RequestFacts
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.client_metadata import ClientMetadata, InvalidClientMetadataError, told_metadata
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.errors import InvalidCredentialsError, InvalidRequestError
from tokensmith.server.flows.register_client import RegisterClient
from tokensmith.server.web.parameters import read_json
from tokensmith.server.web.responses import json_response
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.throttle import SourceLimit, count_attempt

REGISTER_PATH: Final = "/register"
T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterHandlers:
    """The four handlers.

    Attributes:
        initial_token: What programs have to show to register (RFC 7591 §3); "" where everybody may.
        limit: How often one address may.
    """

    register: RegisterClient
    issuer: str
    initial_token: str
    sources: Sources
    limit: SourceLimit

    async def create(self, request: Request) -> Response:
        """Register a program.

        Raises:
            InvalidCredentialsError: without the token that it takes.
            TooManyAttemptsError: too many from this address.
            InvalidClientMetadataError, InvalidRedirectUriError: see `RegisterClient.create`.
        """
        source = self.sources.of(request.scope)
        await count_attempt(self.limit, source)
        if self.initial_token and not hmac.compare_digest(_token(request).encode(), self.initial_token.encode()):
            raise InvalidCredentialsError("Registering takes a token.", code="initial_access_token")
        made = await self.register.create(await _metadata(request), source=source)
        members = self._told(made.client) | {
            "client_id_issued_at": to_seconds(made.created_at_ms),
            "registration_access_token": made.management_token,
        }
        if made.secret is not None:
            members |= {"client_secret": made.secret, "client_secret_expires_at": 0}
        return json_response(members, status=201)

    async def read(self, request: Request) -> Response:
        """Show a program its registration.

        Raises:
            InvalidCredentialsError: the token does not manage it; 401 whether or not there is one (RFC 7592 §2.1).
        """
        return json_response(self._told(await self.register.find(_name(request), _token(request))))

    async def change(self, request: Request) -> Response:
        """Register it anew.

        Raises:
            InvalidCredentialsError: as for `read`.
            InvalidClientMetadataError, InvalidRedirectUriError: see `RegisterClient.change`.
        """
        source = self.sources.of(request.scope)
        client = await self.register.change(_name(request), _token(request), await _metadata(request), source=source)
        return json_response(self._told(client))

    async def remove(self, request: Request) -> Response:
        """End it.

        Raises:
            InvalidCredentialsError: as for `read`.
        """
        await self.register.remove(_name(request), _token(request), source=self.sources.of(request.scope))
        return Response(None, 204, {"cache-control": "no-store"})

    def _told(self, client: Client) -> dict[str, JsonValue]:
        uri = f"{self.issuer}{REGISTER_PATH}/{client.id}"
        return {**told_metadata(client), "registration_client_uri": uri}


async def _metadata(request: Request) -> ClientMetadata:
    try:
        return await read_json(request, ClientMetadata)
    except InvalidRequestError as error:
        if error.code not in ("json_malformed", "json_shape"):
            raise
        raise InvalidClientMetadataError(str(error), code="metadata_malformed", detail=error.detail) from None


def _name(request: Request) -> str:
    return str(request.path_params["client_id"])


def _token(request: Request) -> str:
    facts = RequestFacts(method=request.method, url="", headers=request.scope["headers"])
    try:
        return find_token(facts).token
    except GuardError:
        return ""
