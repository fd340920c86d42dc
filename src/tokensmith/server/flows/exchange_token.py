"""Token → token for another service: a service calls the next one on behalf of a person (RFC 8693).

It may, where an operator has said so: the client has the grant type and scopes at the next service, and the token it
brings is one that it was given itself, as the client that asked for it or as the service it is for. The new token says
who acts (`act`, with everybody before), lives no longer than the one it was made of, and has that one's place in the
status list: whatever ends the one ends the other, without a row for either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.errors import InvalidRequestError, InvalidTargetError, UnauthorizedClientError
from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.identity import IDENTITY
from tokensmith.server.domain.possession import confirmation, token_type
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.scopes import asked_scopes, narrowed
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.own_access_tokens import OwnAccessToken, OwnAccessTokens
from tokensmith.server.flows.tokens import TokenAnswer

ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"
JWT: Final = "urn:ietf:params:oauth:token-type:jwt"
# A chain as long as this is a loop (RFC 8693 §4.1 sets no bound).
MAX_ACTORS: Final = 8
_COPIED: Final = ("auth_time", "amr", "sid", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenToExchange:
    """What a client brings; *key_thumbprint* names the key that it proved to hold."""

    subject_token: str
    subject_token_type: str
    actor_token: str | None
    actor_token_type: str | None
    requested_token_type: str | None
    resource: str
    scope: str | None
    key_thumbprint: str | None

    def __repr__(self) -> str:
        return f"<TokenToExchange for {self.resource!r}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """Where the new token is to go, and what may be done there on behalf of whom."""

    resource: Resource
    scopes: frozenset[str]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeToken:
    """The flow."""

    store: Store
    access_tokens: OwnAccessTokens
    mint: Mint

    async def run(self, client: Client, asked: TokenToExchange) -> TokenAnswer:
        """Make the token for the next service.

        Raises:
            UnauthorizedClientError: the client is public, or may not do this.
            InvalidRequestError: a token that is not good, not this client's to exchange, or not about a person
                (`exchange_subject`, `exchange_actor`), a type of token that there is not (`exchange_type`), or a chain
                that is too long (`exchange_chain`).
            InvalidTargetError, InvalidScopeError: nothing of what was asked can be had there.
            UnavailableError: the database cannot be reached.
        """
        if client.is_public or GrantType.TOKEN_EXCHANGE not in client.grant_types:
            raise UnauthorizedClientError("This client may not exchange tokens.", detail=client.id)
        _check_types(asked)
        subject = await self._own(asked.subject_token, code="exchange_subject")
        reach = await self.store.read(lambda uow: _reach(uow, client, subject, asked))
        actor = await self._actor(client, asked)
        return await self._answer(client, asked, subject, reach, actor=actor)

    async def _own(self, text: str, *, code: str) -> OwnAccessToken:
        token = await self.access_tokens.read(text)
        if token is None:
            raise InvalidRequestError("A token in the request is not good.", code=code)
        return token

    async def _actor(self, client: Client, asked: TokenToExchange) -> str:
        if asked.actor_token is None:
            return f"client:{client.id}"
        actor = await self._own(asked.actor_token, code="exchange_actor")
        held = await self.store.read(lambda uow: uow.status_lists.holder(actor.place))
        if held is None or actor.client_id != client.id:
            raise InvalidRequestError("A token in the request is not good.", code="exchange_actor")
        return cast("str", actor.claims["sub"])

    async def _answer(
        self, client: Client, asked: TokenToExchange, subject: OwnAccessToken, reach: _Reach, *, actor: str
    ) -> TokenAnswer:
        now = to_seconds(reach.standing.now_ms)
        lifetime = min(client.lifetimes.access, int(cast("float", subject.claims["exp"])) - now)
        claims: dict[str, JsonValue] = {name: subject.claims[name] for name in _COPIED if name in subject.claims}
        claims |= {
            "sub": subject.claims["sub"],
            "client_id": client.id,
            "scope": " ".join(sorted(reach.scopes)),
            "act": _chain(actor, subject.claims.get("act")),
        }
        if asked.key_thumbprint is not None:
            claims["cnf"] = confirmation(asked.key_thumbprint)
        token = await self.mint.access_token(
            client, claims, audience=reach.resource.audience, issued_at=now, lifetime=lifetime
        )
        return TokenAnswer(
            access_token=token,
            token_type=token_type(claims),
            expires_in=lifetime,
            scope=" ".join(sorted(reach.scopes)),
            refresh_token=None,
            issued_token_type=ACCESS_TOKEN,
        )


def _check_types(asked: TokenToExchange) -> None:
    kinds = (asked.subject_token_type, asked.requested_token_type or ACCESS_TOKEN, asked.actor_token_type)
    if (asked.actor_token is None) != (asked.actor_token_type is None):
        raise InvalidRequestError("actor_token and actor_token_type go together.", code="exchange_type")
    if any(kind not in (None, ACCESS_TOKEN, JWT) for kind in kinds):
        raise InvalidRequestError(
            "Only access tokens are exchanged here.", code="exchange_type", detail=f"{kinds!r:.200}"
        )


async def _reach(uow: UnitOfWork, client: Client, subject: OwnAccessToken, asked: TokenToExchange) -> _Reach:
    grant_id = await uow.status_lists.holder(subject.place)
    standing = await uow.grants.standing(grant_id) if grant_id else None
    if standing is None or standing.user is None or standing.user.disabled:
        raise InvalidRequestError("A token in the request is not good.", code="exchange_subject")
    served = await uow.resources.served_by(client.id)
    if subject.client_id != client.id and all(one.audience != subject.audience for one in served):
        raise InvalidRequestError("A token in the request is not good.", code="exchange_subject", detail=client.id)
    resource = await uow.resources.find_by_audience(asked.resource)
    if resource is None or resource.id == IDENTITY:
        raise InvalidTargetError("No such resource.", detail=f"asked {asked.resource!r:.300}")
    client_may = (await uow.clients.scopes(client.id)).get(resource.id, frozenset())
    allowed = client_may & standing.user_scopes.get(resource.id, frozenset())
    return _Reach(resource=resource, scopes=narrowed(asked_scopes(asked.scope), allowed=allowed), standing=standing)


def _chain(actor: str, before: JsonValue) -> JsonValue:
    depth, link = 1, before
    while isinstance(link, Mapping):
        depth, link = depth + 1, link.get("act")
    if depth > MAX_ACTORS:
        raise InvalidRequestError("Too many have acted already.", code="exchange_chain", detail=str(depth))
    # RFC 8693 §4.1: the one who acts now is outermost; those before are told of and have no say.
    return {"sub": actor} if before is None else {"sub": actor, "act": before}
