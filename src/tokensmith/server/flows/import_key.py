"""Takes the signing key of another server, so that nobody is logged out who moves from there with the same issuer.

With its private half the key goes on signing here, under the kid that everybody knows. Or it only verifies, until the
last token of the other server has ended; then the private half is not wanted, and not stored where it comes along.
"""

from dataclasses import dataclass
from typing import Final

from tokensmith.jose import Key, jws
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import SIGNING_ALGS, SealerRing, SigningKey
from tokensmith.server.domain.status_lists import LONGEST_TOKEN_SECONDS
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.key_ring import public_key
from tokensmith.server.flows.new_signing_keys import NewSigningKey, is_pending, public_text, succeed

MAX_KID_CHARACTERS: Final = 256
VERIFY_SECONDS: Final = LONGEST_TOKEN_SECONDS
# A key in two servers' hands is a second door; whoever means to keep it open says so again after a year.
MAX_VERIFY_SECONDS: Final = 366 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKey:
    """The flow. A key's id is its own "kid", else the one given, else its RFC 7638 thumbprint.

    Attributes:
        has_provider: Whether private keys are kept by a provider, and none may come into the database.
    """

    store: Store
    sealers: SealerRing
    has_provider: bool = False

    async def to_sign(self, key: Key, *, kid: str | None = None) -> SigningKey:
        """Publish a key; it signs, and the present one of its algorithm stops, after a JWK Set's lifetime.

        Where no key signs for its algorithm yet, it signs at once.

        Raises:
            ConflictError: The key is a shared secret (`key_symmetric`), not for an algorithm that the server signs with
                (`unknown_algorithm`), has no private half or may not sign (`key_cannot_sign`), or was here before under
                this or another id (`key_exists`); the id is another than the key's own or unusable
                (`key_id_malformed`); a successor is on its way (`rotation_pending`); or private keys are kept elsewhere
                (`key_kept_elsewhere`).
        """
        if self.has_provider:
            raise ConflictError("Private keys are not kept in this database.", code="key_kept_elsewhere")
        _check_pair(key)
        if key.alg not in SIGNING_ALGS:
            raise ConflictError(f"The server signs with {' and '.join(SIGNING_ALGS)}.", code="unknown_algorithm")
        _check_signs(key)
        key_id = _key_id(key, kid)
        new = NewSigningKey.sealed(_plain(key, key_id), kid=key_id, sealer=await self.sealers.current())

        async def unit(uow: UnitOfWork) -> SigningKey:
            now_ms = await _begin(uow, key, key_id)
            keys = await uow.signing_keys.all()
            if is_pending(keys, new.alg, now_ms=now_ms):
                raise ConflictError("A successor of the present key is published already.", code="rotation_pending")
            added = await succeed(uow, new, keys=keys, now_ms=now_ms)
            await _record(uow, added, use="sign")
            return added

        return await self.store.write(unit)

    async def to_verify(self, key: Key, *, kid: str | None = None, seconds: int = VERIFY_SECONDS) -> SigningKey:
        """Take the public half of a key, for *seconds*; it verifies at once and never signs.

        Its algorithm may be one that the server does not sign with.

        Raises:
            ConflictError: As of `to_sign`, but for what concerns signing; or *seconds* is not 1 to `MAX_VERIFY_SECONDS`
                (`key_lifetime`).
        """
        _check_pair(key)
        if not 1 <= seconds <= MAX_VERIFY_SECONDS:
            raise ConflictError("A key that only verifies stays for 1 second to 366 days.", code="key_lifetime")
        key_id = _key_id(key, kid)
        public = public_text(_plain(key.public(), key_id))
        new = NewSigningKey(kid=key_id, alg=key.alg, public_jwk=public)

        async def unit(uow: UnitOfWork) -> SigningKey:
            now_ms = await _begin(uow, key, key_id)
            added = new.living(
                published_at_ms=now_ms,
                active_at_ms=now_ms,
                retired_at_ms=now_ms,
                gone_at_ms=now_ms + seconds * MILLISECONDS,
            )
            await uow.signing_keys.add(added)
            await _record(uow, added, use="verify")
            return added

        return await self.store.write(unit)


async def _begin(uow: UnitOfWork, key: Key, key_id: KeyId) -> int:
    """Hold off whoever else changes keys, and refuse one that was here before; returns the database's time.

    One that left as compromised must not come back under another name, and a kid names one key for ever: services may
    still hold the former.
    """
    await uow.signing_keys.lock()
    thumbprint = key.thumbprint()
    for each in await uow.signing_keys.ever():
        if each.kid == key_id or public_key(each).thumbprint() == thumbprint:
            raise ConflictError("This key, or one of this id, is or was here.", code="key_exists", detail=each.kid)
    return await uow.now_ms()


async def _record(uow: UnitOfWork, key: SigningKey, *, use: str) -> None:
    details = {"kid": key.kid, "alg": key.alg, "use": use}
    await uow.audit.record(AuditEvent(name=AuditName.KEY_IMPORTED, details=details))


def _check_pair(key: Key) -> None:
    if key.kty == "oct":
        raise ConflictError("A shared secret cannot be published: everybody could sign.", code="key_symmetric")
    if key.is_for_encryption:
        raise ConflictError("The key is for encryption.", code="unknown_algorithm", detail=key.alg)


def _check_signs(key: Key) -> None:
    try:
        jws.sign(b"", key)
    except KeyMaterialError as error:
        message = "The key cannot sign: it has no private half, or its JWK does not allow it."
        raise ConflictError(message, code="key_cannot_sign") from error


def _key_id(key: Key, given: str | None) -> KeyId:
    if given is not None and key.kid not in (None, given):
        raise ConflictError("The key has another id of its own.", code="key_id_malformed", detail=str(key.kid))
    key_id = given if key.kid is None else key.kid
    if key_id is None:
        return KeyId(key.thumbprint())
    # It goes into every token, into logs and onto terminals.
    if not 1 <= len(key_id) <= MAX_KID_CHARACTERS or not key_id.isprintable():
        raise ConflictError(f"A key's id is 1 to {MAX_KID_CHARACTERS} printable characters.", code="key_id_malformed")
    return KeyId(key_id)


def _plain(key: Key, key_id: KeyId) -> Key:
    """Return the key as one of ours would be: under its id, for signatures, and no more said of it."""
    jwk = {**key.to_jwk(private=key.is_private), "kid": key_id, "use": "sig"}
    jwk.pop("key_ops", None)
    return Key.from_jwk(jwk, alg=key.alg)
