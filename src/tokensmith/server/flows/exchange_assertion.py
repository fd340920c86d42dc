"""Assertion → token: somebody else, whom the operator believes for this client, says who a person is (RFC 7523 §2.1).

There is one grant for each client and person, whatever is asserted how often, and no refresh token: who can have
another assertion needs none (RFC 7521 §4.1). It ends with the account, the client, or by revocation; then the next
assertion begins another.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, cast

from tokensmith.jose import JoseError, jwt
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidTargetError,
    UnauthorizedClientError,
)
from tokensmith.server.domain.grants import Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import GrantId, random_id
from tokensmith.server.domain.registrations import AssertionIssuer
from tokensmith.server.domain.scopes import asked_scopes, narrowed
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User, name_key
from tokensmith.server.flows.asking_client import asked_resource, hold_running
from tokensmith.server.flows.key_ring import FixedClock
from tokensmith.server.flows.keys_of_clients import KeysOfClients
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.tokens import TokenAnswer

LEEWAY_SECONDS: Final = 10
# What was used is remembered until it expires, so it may not be good for ever.
LONGEST_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a client brings; *key_thumbprint* names the key that it proved to hold."""

    text: str
    scope: str | None
    resource: str | None
    source: str
    key_thumbprint: str | None

    def __repr__(self) -> str:
        return f"<Assertion from {self.source}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    standing: Standing
    audience: GrantedAudience
    place: StatusPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAssertion:
    """The flow. *issuer* is whom assertions have to be made for."""

    store: Store
    issuer: str
    keys: KeysOfClients
    mint: Mint

    async def run(self, client: Client, asked: Assertion) -> TokenAnswer:
        """Make a token for the person that the assertion names.

        Raises:
            UnauthorizedClientError: the client is public, or may not do this.
            InvalidClientError: it was switched off meanwhile.
            InvalidGrantError: nobody this client brings assertions of, not signed by them, not for us, out of its
                time, good for more than an hour (`assertion_refused`), used before (`assertion_replayed`), or about
                nobody with an account here (`assertion_subject`).
            InvalidTargetError, InvalidScopeError: nothing of what was asked can be had.
            UnavailableError: the database cannot be reached.
        """
        if client.is_public or GrantType.JWT_BEARER not in client.grant_types:
            raise UnauthorizedClientError("This client may not bring assertions.", detail=client.id)
        now_ms = await self.store.read(lambda uow: uow.now_ms())
        claims = await self._verified(client, asked.text, now=now_ms / MILLISECONDS)

        async def unit(uow: UnitOfWork) -> _Begun:
            await _use_up(uow, client, claims)
            await hold_running(uow, client)
            user = await _person(uow, client, claims)
            return await _begin(uow, client, user, asked, issuer=str(claims["iss"]))

        begun = await self.store.write(unit)
        resource_id = begun.audience.resource.id
        allowed = begun.standing.client_scopes.get(resource_id, frozenset())
        allowed &= begun.standing.user_scopes.get(resource_id, frozenset())
        return await self.mint.answer(
            begun.standing,
            begun.audience,
            scopes=narrowed(asked_scopes(asked.scope), allowed=allowed),
            place=begun.place,
            refresh_token=None,
            key_thumbprint=asked.key_thumbprint,
        )

    async def _verified(self, client: Client, text: str, *, now: float) -> jwt.Claims:
        try:
            issuer = _believed(client, jwt.read_unverified(text).unverified_claims.get("iss"))
            verifier = jwt.Verifier(
                await self.keys.find_of_issuer(issuer, text),
                issuer=issuer.issuer,
                audience=self.issuer,
                required=("sub",),
                leeway=LEEWAY_SECONDS,
                clock=FixedClock(now),
            )
            claims = verifier.verify(text).claims
        except JoseError as error:
            raise _refused(client, f"{error.code} {error.detail}") from None
        if cast("float", claims["exp"]) - now > LONGEST_SECONDS + LEEWAY_SECONDS:
            raise _refused(client, "exp is more than an hour ahead")
        # RFC 8725 §3.11: the same issuer tells of events and sign-outs with the same keys, of the same people.
        if "events" in claims:
            raise _refused(client, "it tells of an event")
        return claims


def _believed(client: Client, issuer: object) -> AssertionIssuer:
    for one in client.registration.assertion_issuers:
        if one.issuer == issuer:
            return one
    raise _refused(client, f"not of its issuers: {issuer!r:.200}")


async def _use_up(uow: UnitOfWork, client: Client, claims: jwt.Claims) -> None:
    # RFC 7523 §3: "jti" need not be there; where it is, it is good once.
    if "jti" not in claims:
        return
    name = f"assertion\0{claims['iss']}\0{claims['jti']}".encode()
    until_ms = int((cast("float", claims["exp"]) + LEEWAY_SECONDS) * MILLISECONDS)
    if not await uow.used_proofs.claim(hashlib.sha256(name).digest(), until_ms=until_ms):
        raise InvalidGrantError("The assertion is not good here.", code="assertion_replayed", detail=client.id)


async def _person(uow: UnitOfWork, client: Client, claims: jwt.Claims) -> User:
    subject = str(claims["sub"])
    try:
        found = await uow.users.find_by_name_key(name_key(subject))
    except InvalidRequestError:
        found = None
    user = await uow.users.hold(found.id) if found else None
    if user is None or user.disabled:
        detail = f"{client.id} {subject!r:.200}"
        raise InvalidGrantError("The assertion is not good here.", code="assertion_subject", detail=detail)
    return user


async def _begin(uow: UnitOfWork, client: Client, user: User, asked: Assertion, *, issuer: str) -> _Begun:
    resource_id = await asked_resource(uow, client, asked.resource)
    client_may = (await uow.clients.scopes(client.id)).get(resource_id, frozenset())
    scopes = client_may & (await uow.users.scopes(user.id)).get(resource_id, frozenset())
    if not scopes:
        raise InvalidTargetError("This resource is not for this client and person.", detail=f"{client.id} {user.id}")
    # Refused here or not at all: once the assertion is used up, its client needs the answer.
    narrowed(asked_scopes(asked.scope), allowed=scopes)
    grant_id = await uow.grants.by_assertion(client.id, user.id)
    if grant_id is None:
        grant_id = GrantId(random_id())
        await uow.grants.add(await _grant(uow, client, user, grant_id), audiences={resource_id: scopes})
    await uow.grants.add_audience(grant_id, resource_id, scopes=scopes)
    place = await uow.status_lists.take(grant_id, resource_id)
    standing = await uow.grants.standing(grant_id)
    if standing is None:
        raise InvalidGrantError("The grant ended as it began.", code="grant_ended")
    event = AuditEvent(
        name=AuditName.ASSERTION_TAKEN,
        user_id=user.id,
        client_id=client.id,
        grant_id=grant_id,
        source=asked.source,
        details={"issuer": issuer[:200]},
    )
    await uow.audit.record(event)
    audience = next(one for one in standing.audiences if one.resource.id == resource_id)
    return _Begun(standing=standing, audience=audience, place=place)


async def _grant(uow: UnitOfWork, client: Client, user: User, grant_id: GrantId) -> Grant:
    return Grant(
        id=grant_id,
        client_id=client.id,
        user_id=user.id,
        session_id=None,
        created_at_ms=await uow.now_ms(),
        ended_at_ms=None,
    )


def _refused(client: Client, detail: str) -> InvalidGrantError:
    text = "The assertion is not good here."
    return InvalidGrantError(text, code="assertion_refused", detail=f"{client.id} {detail}"[:400])
