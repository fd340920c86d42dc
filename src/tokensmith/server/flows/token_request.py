"""`POST /token`: grant_type → the flow that serves it (RFC 6749 §3.2). The table is the list of what can be had."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tokensmith.server.domain.authorization_details import InvalidAuthorizationDetailsError, parse_details
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import (
    InvalidDpopProofError,
    InvalidRequestError,
    InvalidTargetError,
    UnsupportedGrantTypeError,
)
from tokensmith.server.flows.client_credentials import ClientCredentials
from tokensmith.server.flows.exchange_assertion import Assertion, ExchangeAssertion
from tokensmith.server.flows.exchange_code import CodeRedemption, ExchangeCode
from tokensmith.server.flows.exchange_device import ExchangeDevice
from tokensmith.server.flows.exchange_refresh import ExchangeRefresh
from tokensmith.server.flows.exchange_token import ExchangeToken, TokenToExchange
from tokensmith.server.flows.tokens import TokenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A token request whose client has proven itself.

    Attributes:
        parameters: The form's single-valued parameters; empty ones are left out (RFC 6749 §3.2).
        resources: Every `resource` parameter, the only one that may be repeated (RFC 8707 §2).
        source: The caller's network address as the server believes it.
        key_thumbprint: Names the key that the caller proved to hold, or the certificate that its tokens are bound to;
            None for neither.
    """

    client: Client
    parameters: Mapping[str, str]
    resources: tuple[str, ...]
    source: str
    key_thumbprint: str | None

    def __repr__(self) -> str:
        return f"<TokenRequest of {self.client.id} from {self.source}>"

    @property
    def resource(self) -> str | None:
        """The one resource asked for, if any: an access token has one audience.

        Raises:
            InvalidTargetError: several were asked for.
        """
        if len(self.resources) > 1:
            raise InvalidTargetError("Ask for one resource at a time.", code="several_resources")
        return self.resources[0] if self.resources else None

    def required(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            InvalidRequestError: it is not (`parameter_missing`).
        """
        value = self.parameters.get(name)
        if value is None:
            raise InvalidRequestError(f"{name} is missing.", code="parameter_missing", detail=name)
        return value


# RFC 9396 §6: where they narrow what a person allowed; nobody else has allowed anything.
OF_DETAILS: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN})

Serve = Callable[[TokenRequest], Awaitable[TokenAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """The flows behind `/token`, one for each grant type."""

    code: ExchangeCode
    refresh: ExchangeRefresh
    client_credentials: ClientCredentials
    device: ExchangeDevice
    exchange: ExchangeToken
    assertion: ExchangeAssertion
    flows: Mapping[str, Serve] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table: dict[str, Serve] = {
            GrantType.AUTHORIZATION_CODE: self._code,
            GrantType.REFRESH_TOKEN: self._refresh,
            GrantType.CLIENT_CREDENTIALS: self._client_credentials,
            GrantType.DEVICE_CODE: self._device,
            GrantType.TOKEN_EXCHANGE: self._exchange,
            GrantType.JWT_BEARER: self._assertion,
        }
        object.__setattr__(self, "flows", MappingProxyType(table))

    async def run(self, request: TokenRequest) -> TokenAnswer:
        """Serve the grant type that the request names.

        Raises:
            InvalidRequestError: no grant_type, or a parameter of its flow is missing.
            UnsupportedGrantTypeError: no such grant type here.
            InvalidDpopProofError: the client takes bound tokens alone, and no proof came (RFC 9449 §5.2).
            OAuthError: whatever the flow refuses with.
        """
        grant_type = request.required("grant_type")
        serve = self.flows.get(grant_type)
        if serve is None:
            raise UnsupportedGrantTypeError("No such grant type here.", detail=repr(grant_type[:100]))
        if request.client.registration.binds_tokens and request.key_thumbprint is None:
            raise InvalidDpopProofError("This client's tokens are bound to a key.", code="dpop_proof_missing")
        if "authorization_details" in request.parameters and grant_type not in OF_DETAILS:
            text = "authorization_details is not for this grant."
            raise InvalidAuthorizationDetailsError(text, code="details_grant", detail=grant_type)
        return await serve(request)

    async def _code(self, request: TokenRequest) -> TokenAnswer:
        return await self.code.run(
            request.client,
            CodeRedemption(
                code=request.required("code"),
                redirect_uri=request.parameters.get("redirect_uri"),
                verifier=request.parameters.get("code_verifier"),
                resource=request.resource,
                source=request.source,
                key_thumbprint=request.key_thumbprint,
                details=parse_details(request.parameters.get("authorization_details")),
            ),
        )

    async def _refresh(self, request: TokenRequest) -> TokenAnswer:
        token = request.required("refresh_token")
        return await self.refresh.run(
            request.client,
            token,
            scope=request.parameters.get("scope"),
            resource=request.resource,
            source=request.source,
            key_thumbprint=request.key_thumbprint,
            details=parse_details(request.parameters.get("authorization_details")),
        )

    async def _device(self, request: TokenRequest) -> TokenAnswer:
        return await self.device.run(
            request.client,
            request.required("device_code"),
            source=request.source,
            key_thumbprint=request.key_thumbprint,
        )

    async def _exchange(self, request: TokenRequest) -> TokenAnswer:
        parameters = request.parameters
        # RFC 8693 §2.1: a service by its URI or by its name; here the name is the URI. Each token is for one.
        targets = {target for target in (request.resource, parameters.get("audience")) if target is not None}
        if len(targets) > 1:
            raise InvalidTargetError("Ask for one resource at a time.", code="several_resources")
        if not targets:
            raise InvalidTargetError("Say which service the token is for.", code="exchange_target_missing")
        return await self.exchange.run(
            request.client,
            TokenToExchange(
                subject_token=request.required("subject_token"),
                subject_token_type=request.required("subject_token_type"),
                actor_token=parameters.get("actor_token"),
                actor_token_type=parameters.get("actor_token_type"),
                requested_token_type=parameters.get("requested_token_type"),
                resource=targets.pop(),
                scope=parameters.get("scope"),
                key_thumbprint=request.key_thumbprint,
            ),
        )

    async def _assertion(self, request: TokenRequest) -> TokenAnswer:
        return await self.assertion.run(
            request.client,
            Assertion(
                text=request.required("assertion"),
                scope=request.parameters.get("scope"),
                resource=request.resource,
                source=request.source,
                key_thumbprint=request.key_thumbprint,
            ),
        )

    async def _client_credentials(self, request: TokenRequest) -> TokenAnswer:
        return await self.client_credentials.run(
            request.client,
            scope=request.parameters.get("scope"),
            resource=request.resource,
            key_thumbprint=request.key_thumbprint,
        )
