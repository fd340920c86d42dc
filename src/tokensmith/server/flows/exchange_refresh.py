"""Refresh token → new tokens (RFC 6749 §6, RFC 9700 §4.14.2; the rule itself is `domain/refresh_tokens.py`).

Read, judge, then one conditional update. Of any number of callers with the same token one wins the update; the others
read again, are judged again, and now hold the immediate predecessor, so they get the winner's successor.
"""

from dataclasses import dataclass, replace
from typing import Final

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.authorization_details import Details, narrowed_details
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import (
    InvalidDpopProofError,
    InvalidGrantError,
    UnauthorizedClientError,
    UnavailableError,
)
from tokensmith.server.domain.grants import GrantedAudience, Standing
from tokensmith.server.domain.possession import is_certificate
from tokensmith.server.domain.refresh_tokens import Family, Redeem, RefreshToken, Refuse, Repeat, Reuse, parse
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.scopes import audience_of, effective_scopes
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.presented_refresh import PresentedRefreshToken, look_up
from tokensmith.server.flows.tokens import TokenAnswer

# A caller who loses the update once holds a predecessor and needs no further one; more rounds than this mean that the
# family is being rotated faster than it can be read.
MAX_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRefresh:
    """The flow, for `/token` and for `/api/refresh`."""

    store: Store
    mint: Mint
    rotation_keys: RotationKeyRing

    async def run(
        self,
        client: Client,
        text: str,
        *,
        scope: str | None,
        resource: str | None,
        source: str,
        key_thumbprint: str | None,
        details: Details = (),
    ) -> TokenAnswer:
        """Exchange a refresh token for its successor and a fresh access token.

        A scope or resource that cannot be had is refused before the token is spent.

        Args:
            key_thumbprint: Names the key that the caller proved to hold, or its certificate. The access token is bound
                to it, and so is the family of a client that proves itself in no other way (RFC 9449 §5, RFC 8705 §4).
            details: Of those that were granted, the ones the access token is to have; all where there are none.

        Raises:
            InvalidDpopProofError: the family is bound to a key, and no proof came with the request.
            InvalidGrantError: malformed, unknown, of another client, ended, expired, or reused; a reused one has ended
                its whole family before this is raised.
            InvalidScopeError, InvalidTargetError, InvalidAuthorizationDetailsError: wider than the grant.
            UnauthorizedClientError: the client may not refresh.
            UnavailableError: the database cannot be reached, or nothing could be signed afterwards.
        """
        if GrantType.REFRESH_TOKEN not in client.grant_types:
            raise UnauthorizedClientError("This client may not refresh.", detail=client.id)
        token = parse(text)
        await self.mint.ring.ready()
        for _ in range(MAX_ROUNDS):
            seen, verdict = await self._look(token, client, key_thumbprint)
            if isinstance(verdict, Reuse):
                await self._end_reused(seen, source)
                raise _refused(token, code="refresh_token_reused")
            audience = audience_of(seen.standing, resource=resource)
            audience = replace(audience, details=narrowed_details(details, granted=audience.details))
            # Refused here or not at all: once the token is spent, its owner needs the answer.
            effective_scopes(seen.standing, audience, scope=scope)
            placed = await self._write(seen, verdict, audience, source, key_thumbprint)
            if placed is not None:
                standing, place = placed
                scopes = effective_scopes(standing, audience, scope=scope)
                answer = await self.mint.answer(
                    standing,
                    audience,
                    scopes=scopes,
                    place=place,
                    refresh_token=str(verdict.answer),
                    key_thumbprint=key_thumbprint,
                )
                # Core §12.2: of the same sign-in, and without the nonce of its request.
                return await self.mint.with_id_token(answer, standing, nonce=None)
        raise UnavailableError("The token is being refreshed by too many at once.", code="refresh_contention")

    async def _look(
        self, token: RefreshToken, client: Client, key_thumbprint: str | None
    ) -> tuple[PresentedRefreshToken, Redeem | Repeat | Reuse]:
        seen = await look_up(self.store, self.rotation_keys, token)
        if seen is None:
            raise _refused(token, code="refresh_token_unknown")
        if seen.standing.client.id != client.id:
            raise _refused(token, code="refresh_token_other_client")
        if isinstance(seen.verdict, Refuse):
            raise _refused(token, code=seen.verdict.code)
        # Not before reuse is acted upon: a thief who was first may have bound the family to a key of their own, and
        # then it is the owner who comes without it (RFC 9700 §4.14.2).
        if not isinstance(seen.verdict, Reuse):
            _check_key(seen.family, token, key_thumbprint)
        return seen, seen.verdict

    async def _write(
        self,
        seen: PresentedRefreshToken,
        verdict: Redeem | Repeat,
        audience: GrantedAudience,
        source: str,
        key_thumbprint: str | None,
    ) -> tuple[Standing, StatusPlace] | None:
        advanced = _advanced(seen, verdict, key_thumbprint) if isinstance(verdict, Redeem) else None
        event = _event(AuditName.REFRESHED if advanced else AuditName.REFRESH_REPEATED, seen, source)

        async def unit(uow: UnitOfWork) -> tuple[Standing, StatusPlace] | None:
            if advanced is not None and not await uow.refresh_tokens.advance(
                advanced, from_generation=seen.family.generation, from_digest=seen.family.secret_digest
            ):
                return None
            await uow.audit.record(event)
            if audience.place is not None:
                return seen.standing, audience.place
            # A place that was taken just now tells nothing of a permission that went before it: what the token may say
            # is read after it. With a place that was there already, its bit tells.
            place = await uow.status_lists.take(seen.standing.grant.id, audience.resource.id)
            return await uow.grants.standing(seen.standing.grant.id) or seen.standing, place

        return await self.store.write(unit)

    async def _end_reused(self, seen: PresentedRefreshToken, source: str) -> None:
        event = _event(AuditName.REFRESH_REUSED, seen, source)

        async def unit(uow: UnitOfWork) -> None:
            await uow.grants.end(seen.standing.grant.id)
            await uow.audit.record(event)

        await self.store.write(unit)


def _check_key(family: Family, token: RefreshToken, key_thumbprint: str | None) -> None:
    if family.key_thumbprint is None or family.key_thumbprint == key_thumbprint:
        return
    if key_thumbprint is None and not is_certificate(family.key_thumbprint):
        raise InvalidDpopProofError("The refresh token must come with a proof.", code="dpop_proof_missing")
    raise _refused(token, code="refresh_token_other_key")


def _advanced(seen: PresentedRefreshToken, redeemed: Redeem, key_thumbprint: str | None) -> Family:
    client = seen.standing.client
    # RFC 9449 §5: the tokens of a client with a secret are bound to that already, and it may change its key.
    bind_to = key_thumbprint if client.is_public else None
    return seen.family.advanced(redeemed, now_ms=seen.now_ms, lifetimes=client.lifetimes, key_thumbprint=bind_to)


def _event(name: AuditName, seen: PresentedRefreshToken, source: str) -> AuditEvent:
    grant = seen.standing.grant
    details = {"generation": str(seen.token.generation), "current": str(seen.family.generation)}
    return AuditEvent(
        name=name,
        user_id=grant.user_id,
        client_id=grant.client_id,
        grant_id=grant.id,
        source=source,
        details=details,
    )


def _refused(token: RefreshToken, *, code: str) -> InvalidGrantError:
    # One sentence for every cause: which it was is for the log, not for somebody who tries tokens out.
    return InvalidGrantError("The refresh token is not valid.", code=code, detail=repr(token))
