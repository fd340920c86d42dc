"""A refresh token that somebody presents, with all that decides what it is worth, read at one moment."""

from dataclasses import dataclass

from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.refresh_tokens import Family, RefreshToken, Refuse, Verdict, judge
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedRefreshToken:
    """The token, the rows it belongs to, and the verdict on it at *now_ms* of the database."""

    token: RefreshToken
    family: Family
    standing: Standing
    now_ms: int
    verdict: Verdict


async def look_up(store: Store, rotation_keys: RotationKeyRing, token: RefreshToken) -> PresentedRefreshToken | None:
    """Read what a presented token belongs to, and judge it; None where no family has its id.

    Raises:
        UnavailableError: the database cannot be reached.
        SealError: the sealing key that the family was chained under is gone.
    """

    async def unit(uow: UnitOfWork) -> tuple[Family, int, Standing] | None:
        found = await uow.refresh_tokens.find(token.family)
        standing = await uow.grants.standing(found[0].grant_id) if found else None
        return (*found, standing) if found and standing else None

    found = await store.read(unit)
    if found is None:
        return None
    family, now_ms, standing = found
    verdict = judge(
        token,
        family,
        now_ms=now_ms,
        keys=await rotation_keys.holding(family.key_ids),
        lifetimes=standing.client.lifetimes,
        rotates=standing.client.registration.rotates,
    )
    # A grant ends together with its families; an account that is off has no running grants. Both are looked at all the
    # same: what they stand for is worth a second lock.
    over = standing.grant.ended_at_ms is not None or (standing.user is not None and standing.user.disabled)
    if over and not isinstance(verdict, Refuse):
        verdict = Refuse(code="refresh_token_revoked")
    return PresentedRefreshToken(token=token, family=family, standing=standing, now_ms=now_ms, verdict=verdict)
