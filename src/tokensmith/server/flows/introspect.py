"""Is this token active, and what does it say (RFC 7662).

Asked by the resource server that a token is for, or by the client that holds it. To everybody else, and for everything
that is not active, the answer is exactly `{"active": false}`: it must not say why (RFC 7662 §2.2, §4).
"""

from dataclasses import dataclass
from typing import Final

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.errors import InvalidClientError, InvalidGrantError
from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.possession import token_type
from tokensmith.server.domain.refresh_tokens import PREFIX, Family, Redeem, Repeat, parse
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.token_claims import subject
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.own_access_tokens import OwnAccessToken, OwnAccessTokens
from tokensmith.server.flows.presented_refresh import look_up

_TOLD: Final = frozenset(
    (
        "iss",
        "sub",
        "aud",
        "client_id",
        "scope",
        "exp",
        "iat",
        "nbf",
        "jti",
        "auth_time",
        "amr",
        "sid",
        "cnf",
        "authorization_details",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspect:
    """The flow."""

    store: Store
    access_tokens: OwnAccessTokens
    rotation_keys: RotationKeyRing

    async def run(self, client: Client, text: str) -> dict[str, object]:
        """Return the introspection response for a token, as JSON members.

        Raises:
            InvalidClientError: the client is public; anybody could call itself by its name (RFC 7662 §2.1).
            UnavailableError: the database cannot be reached.
        """
        if client.is_public:
            raise InvalidClientError("Only a client with a secret may ask.", code="client_public", detail=client.id)
        if text.startswith(PREFIX):
            return await self._refresh(client, text)
        token = await self.access_tokens.read(text)
        if token is None or not await self._may_ask(client, token):
            return {"active": False}
        members = {name: token.claims[name] for name in token.claims if name in _TOLD}
        # RFC 9449 §6.2, RFC 8705 §3.2: the resource server needs what to compare the proof with.
        return {"active": True, "token_type": token_type(members), **members}

    async def _may_ask(self, client: Client, token: OwnAccessToken) -> bool:
        async def unit(uow: UnitOfWork) -> bool:
            if await uow.status_lists.holder(token.place) is None:
                return False
            if token.client_id == client.id:
                return True
            served = await uow.resources.served_by(client.id)
            return any(resource.audience == token.audience for resource in served)

        return await self.store.read(unit)

    async def _refresh(self, client: Client, text: str) -> dict[str, object]:
        try:
            token = parse(text)
        except InvalidGrantError:
            return {"active": False}

        presented = await look_up(self.store, self.rotation_keys, token)
        if presented is None or presented.standing.client.id != client.id:
            return {"active": False}
        if not isinstance(presented.verdict, Redeem | Repeat):
            return {"active": False}
        return _refresh_members(presented.standing, presented.family)


def _refresh_members(standing: Standing, family: Family) -> dict[str, object]:
    scopes = frozenset[str]().union(*(audience.scopes for audience in standing.audiences))
    return {
        "active": True,
        "sub": subject(standing),
        "client_id": standing.client.id,
        "scope": " ".join(sorted(scopes)),
        "exp": to_seconds(min(family.idle_expires_at_ms, family.absolute_expires_at_ms)),
        "iat": to_seconds(standing.grant.created_at_ms),
    }
