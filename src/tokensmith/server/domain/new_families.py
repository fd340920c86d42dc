"""How a refresh family begins (see `refresh_tokens.py` for how it goes on)."""

import secrets

from tokensmith.server.domain.clients import Lifetimes
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import FAMILY_BYTES, SECRET_BYTES, Family, RefreshToken
from tokensmith.server.domain.stored_secrets import digest


def first_token() -> RefreshToken:
    """Draw the first token of a new family."""
    return RefreshToken(
        family=secrets.token_bytes(FAMILY_BYTES), generation=0, secret=secrets.token_bytes(SECRET_BYTES)
    )


def family_of(
    token: RefreshToken,
    grant_id: GrantId,
    *,
    key_id: str,
    lifetimes: Lifetimes,
    key_thumbprint: str | None,
    now_ms: int,
) -> Family:
    """Return the row of the family that begins with *token*.

    Args:
        key_id: Names the rotation key that its next secrets are made with.
        key_thumbprint: Whose key has to prove itself with every refresh; None for nobody's.
    """
    return Family(
        family=token.family,
        grant_id=grant_id,
        generation=token.generation,
        secret_digest=digest(token.secret),
        key_id=key_id,
        rotated_at_ms=(now_ms,),
        idle_expires_at_ms=now_ms + min(lifetimes.refresh_idle, lifetimes.refresh_absolute) * MILLISECONDS,
        absolute_expires_at_ms=now_ms + lifetimes.refresh_absolute * MILLISECONDS,
        ended_at_ms=None,
        key_thumbprint=key_thumbprint,
    )
