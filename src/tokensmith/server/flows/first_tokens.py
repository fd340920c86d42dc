"""The first tokens of a grant that a person has given, by a password, a code or a device; written once."""

from dataclasses import dataclass, replace

from tokensmith.server.domain.authorization_details import Details, narrowed_details
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.grants import GrantedAudience, Standing
from tokensmith.server.domain.ids import GrantId, ResourceId
from tokensmith.server.domain.new_families import family_of, first_token
from tokensmith.server.domain.refresh_tokens import RefreshToken
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.scopes import effective_scopes
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.tokens import TokenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A grant whose first tokens were written down: what the mint needs to make the answer."""

    standing: Standing
    audience: GrantedAudience
    place: StatusPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTokens:
    """Everything random of them, drawn before the unit of work so that the unit can run twice."""

    refresh_token: RefreshToken | None
    key_id: str
    key_thumbprint: str | None

    async def begin(self, uow: UnitOfWork, grant_id: GrantId, resource_id: ResourceId) -> Begun | None:
        """Write them down; None where the person has signed out, or may not any more.

        Raises:
            InvalidGrantError: the grant has ended (`grant_ended`).
        """
        # This locks the grant and refuses one that has ended: whoever signs out meanwhile waits, or was first.
        place = await uow.status_lists.take(grant_id, resource_id)
        standing = await uow.grants.standing(grant_id)
        if standing is None or await _is_over(uow, standing):
            return None
        until_ms = standing.now_ms + standing.client.lifetimes.access * MILLISECONDS
        if self.refresh_token is not None:
            await self._add_family(uow, self.refresh_token, standing)
        lasts_until_ms = until_ms if self.refresh_token is None else None
        if lasts_until_ms != standing.grant.expires_at_ms:
            await uow.grants.lasts(grant_id, until_ms=lasts_until_ms)
        audience = next(one for one in standing.audiences if one.resource.id == resource_id)
        return Begun(standing=standing, audience=audience, place=place)

    async def _add_family(self, uow: UnitOfWork, token: RefreshToken, standing: Standing) -> None:
        client = standing.client
        family = family_of(
            token,
            standing.grant.id,
            key_id=self.key_id,
            lifetimes=client.lifetimes,
            # RFC 9449 §5: the tokens of a client with a secret are bound to that already.
            key_thumbprint=self.key_thumbprint if client.is_public else None,
            now_ms=standing.now_ms,
        )
        await uow.refresh_tokens.add(family)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTokens:
    """Draws them, and makes the answer."""

    mint: Mint
    rotation_keys: RotationKeyRing

    async def draw(self, *, refreshes: bool, key_thumbprint: str | None) -> DrawnTokens:
        """Draw them.

        Args:
            refreshes: With a refresh token: the client may use one.
            key_thumbprint: Names the key that the access token is to be bound to.

        Raises:
            UnavailableError: the database cannot be reached, or nothing could be signed afterwards.
        """
        await self.mint.ring.ready()
        keys = await self.rotation_keys.holding(())
        token = first_token() if refreshes else None
        return DrawnTokens(refresh_token=token, key_id=keys.current_key_id, key_thumbprint=key_thumbprint)

    async def answer(
        self, begun: Begun, drawn: DrawnTokens, *, nonce: str | None, details: Details = ()
    ) -> TokenAnswer:
        """Sign what was written down, with an ID token where the grant is one for OpenID Connect.

        Args:
            nonce: That of the request, for the ID token.
            details: Of those that were granted, the ones that this token is to have; all where there are none.

        Raises:
            InvalidAuthorizationDetailsError: they are more than was granted.
            InvalidScopeError: client and person have nothing left of what was granted.
            UnavailableError: no key to sign with, or the database cannot be reached.
        """
        answer = await self.mint.answer(
            begun.standing,
            replace(begun.audience, details=narrowed_details(details, granted=begun.audience.details)),
            scopes=effective_scopes(begun.standing, begun.audience, scope=None),
            place=begun.place,
            refresh_token=None if drawn.refresh_token is None else str(drawn.refresh_token),
            key_thumbprint=drawn.key_thumbprint,
        )
        return await self.mint.with_id_token(answer, begun.standing, nonce=nonce)


async def _is_over(uow: UnitOfWork, standing: Standing) -> bool:
    if standing.user is None or standing.user.disabled or standing.client.disabled:
        return True
    if standing.grant.offline or standing.grant.session_id is None:
        return False
    session = await uow.sessions.find(standing.grant.session_id)
    return session is None or session.ended_at_ms is not None
