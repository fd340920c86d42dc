"""An authorization request, read once into what the rest can rely on (RFC 6749 §4.1.1, Core §3.1.2.1, RFC 9700 §2.1).

Two halves, and the line between them is the protection: until the client and its redirect URI are proven, an error is
raised and becomes a page; from then on it is a `Refusal` that travels to the client. Nobody is ever sent to where
nobody registered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tokensmith.server.domain.authorization_details import Details, parse_details
from tokensmith.server.domain.authorization_errors import (
    RequestUriNotSupportedError,
    UnsupportedResponseTypeError,
)
from tokensmith.server.domain.claims_request import scopes_of_claims
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import InvalidRequestError, OAuthError, UnauthorizedClientError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.pkce import check_challenge
from tokensmith.server.domain.redirect_uris import is_registered, what_differs
from tokensmith.server.domain.scopes import asked_scopes
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.client_documents import ClientDocuments
from tokensmith.server.flows.request_objects import OpenedRequest, RequestObjects

ResponseMode = Literal["query", "form_post"]
RESPONSE_MODES: Final[tuple[ResponseMode, ...]] = ("query", "form_post")
PROMPTS: Final = ("none", "login", "consent", "select_account")
MAX_TEXT: Final = 2048
_THUMBPRINT_CHARACTERS: Final = 43


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAddress:
    """Where the answer goes, which is proven; *state* goes back as it came (RFC 6749 §4.1.2)."""

    uri: str
    mode: ResponseMode
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that may be answered.

    Attributes:
        redirect_uri: As the request named it; None where it left that to the registration.
        scopes: What was asked for, by scope or claim by claim; None where nothing was said.
        resources: Which services the tokens are to be for (RFC 8707).
        details: What was asked for beyond scopes (RFC 9396).
        max_age: The age of a sign-in, in seconds, from which on the person is asked again.
        key_thumbprint: The key that the code is to be bound to (RFC 9449 §10).
        parameters: All of it as it came, to be read again when the person is back.
    """

    client: Client
    to: ReturnAddress
    redirect_uri: str | None
    scopes: frozenset[str] | None
    resources: tuple[str, ...]
    details: Details
    challenge: str | None
    nonce: str | None
    prompts: frozenset[str]
    max_age: int | None
    login_hint: str | None
    id_token_hint: str | None
    key_thumbprint: str | None
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error that travels to the client."""

    to: ReturnAddress
    error: OAuthError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAuthorizationRequest:
    """The flow. *documents* reads clients whose names are URLs; None where such are not taken."""

    store: Store
    objects: RequestObjects
    documents: ClientDocuments | None = None

    async def run(
        self, parameters: Mapping[str, str], resources: tuple[str, ...], *, pushed: bool
    ) -> AuthorizationRequest | Refusal:
        """Read a request; of its parameters each stands once, and none is empty.

        Args:
            pushed: The client itself brought it, and has proven itself (RFC 9126).

        Raises:
            InvalidRequestError: no such client, or no such redirect URI of it; what differed is in `detail`.
            OAuthError: a request object that cannot be opened, with no redirect URI beside it.
            UnavailableError: the database cannot be reached.
        """
        client = await self.client_of(parameters.get("client_id"))
        try:
            opened = await self._opened(client, parameters, resources, pushed=pushed)
        except OAuthError as error:
            return _refusal(client, parameters, error)
        return _read_for(client, opened)

    async def run_again(self, client_id: str, opened: OpenedRequest) -> AuthorizationRequest | Refusal:
        """Read a request that was read and kept before; how it came was looked at then.

        Raises:
            InvalidRequestError: the client is not known any more, or its redirect URI is not.
            UnavailableError: the database cannot be reached.
        """
        return _read_for(await self.client_of(client_id), opened)

    async def _opened(
        self, client: Client, parameters: Mapping[str, str], resources: tuple[str, ...], *, pushed: bool
    ) -> OpenedRequest:
        if client.registration.requires_pushed and not pushed:
            raise InvalidRequestError("This client pushes its requests.", code="request_not_pushed")
        if "request" in parameters:
            return await self.objects.open(client, parameters["request"])
        if client.registration.requires_signed:
            raise InvalidRequestError("This client signs its requests.", code="request_not_signed")
        return OpenedRequest(parameters=parameters, resources=resources)

    async def client_of(self, client_id: str | None) -> Client:
        """Return the client that a request names.

        Raises:
            InvalidRequestError: it names none (`parameter_missing`), one that is not known or switched off
                (`authorize_client_unknown`), or one whose document cannot be used (`client_document_refused`).
        """
        if client_id is None:
            raise InvalidRequestError("client_id is missing.", code="parameter_missing", detail="client_id")
        client = await self.store.read(lambda uow: uow.clients.find(ClientId(client_id)))
        if self.documents is not None:
            client = await self.documents.current(client_id, client)
        elif client is not None and client.registration.document_read_at_ms is not None:
            client = None  # such are not taken any more
        if client is None or client.disabled:
            raise InvalidRequestError(
                "The application is not known here.", code="authorize_client_unknown", detail=repr(client_id[:200])
            )
        return client


def _refusal(client: Client, parameters: Mapping[str, str], error: OAuthError) -> Refusal:
    # With an object that cannot be opened, what stands beside it says where its client is to be told; or nothing does.
    try:
        return Refusal(to=return_address(client, parameters), error=error)
    except InvalidRequestError:
        if "request" in parameters:
            raise error from None
        raise


def _read_for(client: Client, opened: OpenedRequest) -> AuthorizationRequest | Refusal:
    to = return_address(client, opened.parameters)
    try:
        return _read(client, to, opened.parameters, opened.resources)
    except OAuthError as error:
        return Refusal(to=to, error=error)


def return_address(client: Client, parameters: Mapping[str, str]) -> ReturnAddress:
    """Return where the answer to a request of this client goes.

    Raises:
        InvalidRequestError: to nowhere that it registered (`redirect_uri_unregistered`).
    """
    registered = client.registration.redirect_uris
    sent = parameters.get("redirect_uri")
    # RFC 6749 §3.1.2.3: it may be left out where there is one to choose from. Not so in OpenID Connect (Core §3.1.2.1),
    # whose readers always send it.
    if sent is None and (len(registered) != 1 or client.registration.names_redirect_uri):
        raise _unregistered(client, sent)
    uri = registered[0] if sent is None else sent
    if not is_registered(uri, registered):
        raise _unregistered(client, sent)
    asked = parameters.get("response_mode")
    mode: ResponseMode = "form_post" if asked == "form_post" else "query"
    return ReturnAddress(uri=uri, mode=mode, state=parameters.get("state"))


def _unregistered(client: Client, sent: str | None) -> InvalidRequestError:
    registered = client.registration.redirect_uris
    detail = (
        f"client={client.id} {what_differs(sent, registered)}; sent={sent!r:.400} registered={list(registered)!r:.900}"
    )
    return InvalidRequestError(
        "The application asked to be answered at an address that it has not registered.",
        code="redirect_uri_unregistered",
        detail=detail,
    )


def _read(
    client: Client, to: ReturnAddress, parameters: Mapping[str, str], resources: tuple[str, ...]
) -> AuthorizationRequest:
    _check_form(client, parameters)
    prompts = frozenset(parameters.get("prompt", "").split())
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequestError("prompt=none stands alone.", code="prompt_contradicts")
    if prompts - set(PROMPTS):
        raise InvalidRequestError("That prompt is not known.", code="prompt_unknown", detail=repr(prompts))
    return AuthorizationRequest(
        client=client,
        to=to,
        redirect_uri=parameters.get("redirect_uri"),
        scopes=_scopes(parameters),
        resources=resources,
        details=parse_details(parameters.get("authorization_details")),
        challenge=check_challenge(
            parameters.get("code_challenge"),
            method=parameters.get("code_challenge_method"),
            required=client.is_public or client.registration.requires_pkce,
        ),
        nonce=parameters.get("nonce"),
        prompts=prompts,
        max_age=_max_age(parameters.get("max_age")),
        login_hint=parameters.get("login_hint"),
        id_token_hint=parameters.get("id_token_hint"),
        key_thumbprint=_thumbprint(parameters.get("dpop_jkt")),
        parameters=parameters,
    )


def _check_form(client: Client, parameters: Mapping[str, str]) -> None:
    if "request_uri" in parameters:
        raise RequestUriNotSupportedError("Only pushed requests are taken by reference.")
    response_type = parameters.get("response_type")
    if response_type is None:
        raise InvalidRequestError("response_type is missing.", code="parameter_missing", detail="response_type")
    if response_type != "code":
        raise UnsupportedResponseTypeError("Ask for a code.", detail=repr(response_type[:100]))
    mode = parameters.get("response_mode")
    if mode is not None and mode not in RESPONSE_MODES:
        raise InvalidRequestError("That response_mode is not offered.", code="response_mode", detail=repr(mode[:100]))
    if GrantType.AUTHORIZATION_CODE not in client.grant_types:
        raise UnauthorizedClientError("This client does not sign people in.", detail=client.id)
    for name in ("state", "nonce", "login_hint"):
        if len(parameters.get(name, "")) > MAX_TEXT:
            raise InvalidRequestError(f"{name} is too long.", code="parameter_too_long", detail=name)


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise InvalidRequestError("max_age is a number of seconds.", code="max_age_malformed")
    return int(text)


def _scopes(parameters: Mapping[str, str]) -> frozenset[str] | None:
    scopes = asked_scopes(parameters.get("scope"))
    if "claims" not in parameters:
        return scopes
    by_claims = scopes_of_claims(parameters["claims"])
    return None if scopes is None else scopes | by_claims


def _thumbprint(text: str | None) -> str | None:
    if text is not None and len(text) != _THUMBPRINT_CHARACTERS:
        raise InvalidRequestError("dpop_jkt is no thumbprint.", code="dpop_jkt_malformed")
    return text
