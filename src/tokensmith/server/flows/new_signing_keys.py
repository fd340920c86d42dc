"""How a signing key comes in, made here or brought along: sealed, and put behind the one that signs (decision 8)."""

from dataclasses import dataclass
from typing import Final

from tokensmith.jose import Key
from tokensmith.jose.strict_json import encode
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS, Sealer, SigningKey, Stage, active_key
from tokensmith.server.domain.status_lists import LONGEST_TOKEN_SECONDS
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.flows.key_ring import SEALED_COLUMN, SEALED_TABLE

_PUBLISH_MS: Final = JWKS_MAX_AGE_SECONDS * MILLISECONDS
_LONGEST_TOKEN_MS: Final = LONGEST_TOKEN_SECONDS * MILLISECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSigningKey:
    """A signing key whose life has not begun; the attributes are those of `SigningKey`."""

    kid: KeyId
    alg: str
    public_jwk: str
    sealed_private_jwk: bytes | None = None
    provider_key_id: str | None = None

    @classmethod
    def sealed(cls, key: Key, *, kid: KeyId, sealer: Sealer) -> "NewSigningKey":
        """Take a key with its private half."""
        sealed = sealer.seal(encode(key.to_jwk(private=True)), table=SEALED_TABLE, column=SEALED_COLUMN, row=kid)
        return cls(kid=kid, alg=key.alg, public_jwk=public_text(key), sealed_private_jwk=sealed)

    def living(
        self,
        *,
        published_at_ms: int,
        active_at_ms: int,
        retired_at_ms: int | None = None,
        gone_at_ms: int | None = None,
    ) -> SigningKey:
        """Return it with the moments of its life."""
        return SigningKey(
            kid=self.kid,
            alg=self.alg,
            public_jwk=self.public_jwk,
            sealed_private_jwk=self.sealed_private_jwk,
            provider_key_id=self.provider_key_id,
            published_at_ms=published_at_ms,
            active_at_ms=active_at_ms,
            retired_at_ms=retired_at_ms,
            gone_at_ms=gone_at_ms,
            compromised=False,
        )


def public_text(key: Key) -> str:
    """Write a key's public half as it goes into the JWK Set."""
    return encode(key.public().to_jwk()).decode()


def is_pending(keys: tuple[SigningKey, ...], alg: str, *, now_ms: int) -> bool:
    """Tell whether a successor is published and does not sign yet."""
    return any(key.alg == alg and key.stage(now_ms=now_ms) is Stage.PUBLISHED for key in keys)


async def succeed(uow: UnitOfWork, new: NewSigningKey, *, keys: tuple[SigningKey, ...], now_ms: int) -> SigningKey:
    """Store a key to sign after a JWK Set's lifetime, and write the end of the one that signs until then.

    Where none signs now, it signs at once: nobody holds a JWK Set of ours that lacks it.
    """
    present = active_key(keys, alg=new.alg, now_ms=now_ms)
    added = new.living(published_at_ms=now_ms, active_at_ms=now_ms + _PUBLISH_MS * bool(present))
    await uow.signing_keys.add(added)
    if present is not None:
        ended = present.succeeded_at(added.active_at_ms, longest_token_ms=_LONGEST_TOKEN_MS)
        await uow.signing_keys.replace_end(ended)
    return added
