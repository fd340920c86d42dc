"""`POST /api/login`, `/api/refresh`, `/api/logout`: the server's own sign-in, which is no OAuth grant (decision 13).

Programs get JSON. A page gets cookies and nothing else, and only from the server's own origin: a token in a page's
hands is one injected script away from somebody else's.
"""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.clients import FIRST_PARTY, Client
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.client_auth import ClientAuth, PresentedClient
from tokensmith.server.flows.exchange_refresh import ExchangeRefresh
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.sign_in import SignIn, SignInRequest
from tokensmith.server.flows.sign_out import SignOut
from tokensmith.server.flows.tokens import TokenAnswer
from tokensmith.server.web.api.shapes import RefreshBody, SignInBody, SignOutBody, Transport
from tokensmith.server.web.cookies import clear_token_cookies, refresh_cookie, set_token_cookies
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.parameters import read_json
from tokensmith.server.web.request_headers import proofs_of
from tokensmith.server.web.responses import json_response, token_members
from tokensmith.server.web.same_origin import is_from_own_page
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.throttle import SourceLimit, count_attempt

LOGIN_PATH: Final = "/api/login"
REFRESH_PATH: Final = "/api/refresh"

_FIRST_PARTY = PresentedClient(client_id=FIRST_PARTY, secret=None, method="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstParty:
    """The three handlers. *origin* is the server's own, as browsers write it."""

    sign_in: SignIn
    refresh: ExchangeRefresh
    sign_out: SignOut
    client_auth: ClientAuth
    possession: ProvePossession
    sources: Sources
    sign_ins: SourceLimit
    observer: Observer
    origin: str

    async def login(self, request: Request) -> Response:
        """Sign a person in with name and password; with a proof of possession, the tokens are bound to its key.

        Raises:
            InvalidRequestError: not the JSON of this endpoint, or a page that asks for JSON back.
            ForbiddenOriginError: a page of another origin.
            InvalidDpopProofError: a proof that is not good.
            TooManyAttemptsError: too many sign-ins from this address, or for this name.
            OAuthError: see `SignIn.run`.
        """
        from_page = is_from_own_page(request, origin=self.origin)
        body = await read_json(request, SignInBody)
        transport = _transport(body.transport, from_page=from_page)
        source = self.sources.of(request.scope)
        await count_attempt(self.sign_ins, source)
        key_thumbprint = await self._proven_key(request, transport, path=LOGIN_PATH)
        answer = await self.sign_in.run(
            SignInRequest(
                username=body.username,
                password=body.password,
                resource=body.resource,
                scope=body.scope,
                source=source,
                key_thumbprint=key_thumbprint,
            )
        )
        self.observer.issued("password")
        return await self._answer(answer, transport)

    async def rotate(self, request: Request) -> Response:
        """Exchange a refresh token, from the body or from the cookie, for its successor.

        Raises:
            InvalidRequestError: as for `login`; no token at all (`parameter_missing`), or two (`several_tokens`).
            OAuthError: see `ExchangeRefresh.run`.
        """
        from_page = is_from_own_page(request, origin=self.origin)
        body = await read_json(request, RefreshBody)
        token, in_cookie = _presented_token(request, body.refresh_token, from_page=from_page)
        if token is None:
            raise InvalidRequestError("refresh_token is missing.", code="parameter_missing", detail="refresh_token")
        # A token that came in a cookie goes back into one: it is never turned into something a script can read.
        transport = _transport(body.transport, from_page=from_page or in_cookie)
        key_thumbprint = await self._proven_key(request, transport, path=REFRESH_PATH)
        answer = await self.refresh.run(
            await self._client(),
            token,
            scope=body.scope,
            resource=body.resource,
            source=self.sources.of(request.scope),
            key_thumbprint=key_thumbprint,
        )
        self.observer.issued("refresh_token")
        return await self._answer(answer, transport)

    async def logout(self, request: Request) -> Response:
        """End the session, if there is one, and clear the cookies.

        Raises:
            InvalidRequestError, ForbiddenOriginError: as for `login`.
            UnavailableError: the database cannot be reached; the session goes on and so do the cookies.
        """
        from_page = is_from_own_page(request, origin=self.origin)
        body = await read_json(request, SignOutBody)
        token, _ = _presented_token(request, body.refresh_token, from_page=from_page)
        if token is not None:
            await self.sign_out.run(token, source=self.sources.of(request.scope))
        response = Response(None, 204, {"cache-control": "no-store"})
        clear_token_cookies(response)
        return response

    async def _proven_key(self, request: Request, transport: Transport, *, path: str) -> str | None:
        proofs = proofs_of(request.scope)
        if proofs and transport == "cookie":
            # A cookie is sent along by itself, and a proof is not: bound tokens in cookies would let nobody in.
            raise InvalidRequestError("Tokens in cookies are bound to no key.", code="proof_for_cookies")
        return await self.possession.run(proofs, path=path)

    async def _client(self) -> Client:
        return await self.client_auth.run(_FIRST_PARTY)

    async def _answer(self, answer: TokenAnswer, transport: Transport) -> Response:
        members = token_members(answer)
        if transport == "json":
            return json_response(members)
        shown = {name: members[name] for name in ("token_type", "expires_in", "scope")}
        response = json_response({**shown, "transport": "cookie"})
        lifetimes = (await self._client()).lifetimes
        set_token_cookies(response, answer, refresh_seconds=lifetimes.refresh_idle)
        return response


def _transport(asked: Transport | None, *, from_page: bool) -> Transport:
    if from_page and asked == "json":
        raise InvalidRequestError("A page gets its tokens in cookies.", code="transport_not_for_pages")
    return asked or ("cookie" if from_page else "json")


def _presented_token(request: Request, in_body: str | None, *, from_page: bool) -> tuple[str | None, bool]:
    in_cookie = refresh_cookie(request)
    if in_body is not None and (from_page or in_cookie is not None):
        text = "A page's refresh token is in its cookie." if from_page else "There are two refresh tokens."
        raise InvalidRequestError(text, code="several_tokens")
    return in_body or in_cookie, in_body is None
