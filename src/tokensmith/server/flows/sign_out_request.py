"""A client asks that a person sign out here, too (OpenID Connect RP-Initiated Logout §2, §3).

The hint is what makes it the client's own request: only with one does the browser go back to it, and only somebody
whose very session the hint is of is signed out without being asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.redirect_uris import what_differs
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.browser_sessions import SignedIn
from tokensmith.server.flows.own_id_tokens import OwnIdToken, OwnIdTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutRequest:
    """A request that may be followed.

    Attributes:
        client: Who asks; None where nobody says.
        hint: The ID token that came with it, which is genuine.
        return_to: Where the browser goes afterwards; None for a page of ours.
    """

    client: Client | None
    hint: OwnIdToken | None
    return_to: str | None
    state: str | None

    def is_of(self, who: SignedIn) -> bool:
        """Tell whether the client speaks of this very session, so that nobody has to be asked."""
        hint = self.hint
        return hint is not None and hint.subject == who.user.id and hint.session_id == who.session.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSignOutRequest:
    """The flow."""

    store: Store
    id_tokens: OwnIdTokens

    async def run(self, parameters: Mapping[str, str]) -> SignOutRequest:
        """Read a request.

        Raises:
            InvalidRequestError: a hint that is none of ours (`sign_out_hint`), of another client than the one named
                (`several_client_ids`), or an address that is not registered, or that no hint came with
                (`sign_out_address`).
            UnavailableError: the database or the keys cannot be read.
        """
        hint = await self._hint(parameters.get("id_token_hint"))
        named = parameters.get("client_id")
        if hint is not None and named not in (None, hint.client_id):
            raise InvalidRequestError("The request names two clients.", code="several_client_ids")
        client_id = named if hint is None else hint.client_id
        client = None
        if client_id is not None:
            client = await self.store.read(lambda uow: uow.clients.find(ClientId(client_id)))
        return_to = parameters.get("post_logout_redirect_uri")
        if return_to is not None:
            _check_address(return_to, client=client if hint else None)
        return SignOutRequest(client=client, hint=hint, return_to=return_to, state=parameters.get("state"))

    async def _hint(self, text: str | None) -> OwnIdToken | None:
        if text is None:
            return None
        hint = await self.id_tokens.read(text)
        if hint is None:
            raise InvalidRequestError("The ID token is none of this server's.", code="sign_out_hint")
        return hint


def _check_address(uri: str, *, client: Client | None) -> None:
    registered = () if client is None else client.registration.post_logout_redirect_uris
    # Compared as text, the port of a loopback address included: nothing is sent there that anybody could not send.
    if uri not in registered:
        raise InvalidRequestError(
            "The application asked to be returned to at an address that it has not registered.",
            code="sign_out_address",
            detail=f"{what_differs(uri, registered)}; sent={uri!r:.300} registered={list(registered)!r:.900}",
        )
