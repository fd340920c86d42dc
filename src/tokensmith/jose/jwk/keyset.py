"""KeySet: from a token's header to exactly one trusted key, or an error (RFC 7517 §5, RFC 7515 §6).

"kid" only chooses among keys that are trusted already, and the key found has to be bound to the very algorithm the
header names; the header never brings a key, nor picks the kind of check.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, final

import msgspec

from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError, UnacceptableTokenError, UnknownKeyError
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.tables import KEY_MANAGEMENT_ALGORITHMS, SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk.key import Key
from tokensmith.jose.jwk.members import has_private_members, malformed
from tokensmith.jose.jwk.parse import parse_json_object, requested
from tokensmith.jose.jwk.silent import Silent
from tokensmith.jose.strict_json import JsonValue

MAX_KEYS: Final = 256


class SkippedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a JWK Set that was left out, and why."""

    position: int
    """Where it stands in "keys", from 0."""
    kid: str | None
    code: str
    """The code of the `KeyMaterialError` it caused."""
    reason: str
    """That error's text, safe to show."""


@final
class KeySet(Silent):
    """Keys that are trusted together; frozen. Those for signatures and those for encryption are found apart.

    Args:
        keys: Any number of keys; no two with the same kid, kty and alg.

    Raises:
        KeyMaterialError: Two keys answer for the same kid and alg ("duplicate_key").
        TypeError: One of *keys* is not a `Key`.
    """

    __slots__ = ("_by_alg", "_keys", "skipped")

    skipped: Final[tuple[SkippedKey, ...]]
    """What `from_jwks` could not use."""

    def __init__(self, keys: Iterable[Key], *, skipped: Iterable[SkippedKey] = ()) -> None:
        self._keys: Final = tuple(keys)
        self._by_alg: Final = _index(self._keys)
        self.skipped = tuple(skipped)

    @classmethod
    def from_jwks(
        cls,
        jwks: Mapping[str, object] | str | bytes,
        *,
        rsa_alg: str = "RS256",
        okp_alg: str | None = None,
        remote: bool = False,
    ) -> "KeySet":
        """Take the usable keys of a JWK Set (RFC 7517 §5).

        What is of an unknown kind, malformed or weak is left out and listed in `skipped`: one bad key is no reason to
        lose the others.

        Args:
            jwks: The JSON object, or its text, which is then read strictly; at most 256 keys.
            rsa_alg: The algorithm of RSA keys that name none; large providers publish such keys.
            okp_alg: "EdDSA" where tokens still carry that name: for Ed25519 and Ed448 keys that name it, or none.
            remote: Whether the set was published for everybody. Then it holds no private or symmetric key: one that
                does is refused whole, and a key that may not verify, such as one for encryption, is skipped.

        Raises:
            KeyMaterialError: It is no JWK Set ("malformed_key_set", "malformed_key"), two keys have the same kid, kty
                and alg ("duplicate_key"), or *remote* is true and it shows a secret ("published_secret").
            ValueError: *rsa_alg* is no RSA algorithm, or *okp_alg* none for octet key pairs.
        """
        defaults = _Defaults(
            rsa=_named(rsa_alg, kty="RSA"), okp=None if okp_alg is None else _named(okp_alg, kty="OKP")
        )
        keys: list[Key] = []
        skipped: list[SkippedKey] = []
        members = _read_members(jwks)
        if remote:
            _refuse_secrets(members)
        for position, jwk in enumerate(members):
            try:
                keys.append(_read_key(jwk, defaults=defaults, remote=remote))
            except KeyMaterialError as error:
                skipped.append(_describe(position, jwk, error))
        return cls(keys, skipped=skipped)

    def find(self, header: Mapping[str, JsonValue]) -> Key:
        """Choose the one key that verifies, for a token's protected header; never one for encryption.

        Without "kid" the only key of that algorithm is taken, whatever its own kid; with it, the one of exactly that
        kid.

        Raises:
            MalformedTokenError: "alg" or "kid" is not a string ("malformed").
            UnknownKeyError: No key here has this kid and algorithm ("unknown_key"); newer keys may.
            UnacceptableTokenError: The algorithm is none of ours, "none" included ("unsupported_algorithm"), belongs to
                another key than the named one ("algorithm_mismatch"), or several keys could be meant ("ambiguous_key").
        """
        return self._find(header, known=SIGNATURE_ALGORITHMS)

    def find_for_decryption(self, header: Mapping[str, JsonValue]) -> Key:
        """Choose the one key that decrypts, for the header of a JWE; rules and errors as of `find`."""
        return self._find(header, known=KEY_MANAGEMENT_ALGORITHMS)

    def to_jwks(self) -> dict[str, JsonValue]:
        """Spell the public halves of the key pairs as a JWK Set; shared secrets are left out."""
        return {"keys": [key.to_jwk() for key in self._keys if key.kty != "oct"]}

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"<KeySet {len(self._keys)} keys, {len(self.skipped)} skipped>"

    def _find(self, header: Mapping[str, JsonValue], *, known: Collection[str]) -> Key:
        alg = header.get("alg")
        if not isinstance(alg, str):
            raise MalformedTokenError('The header parameter "alg" is not a string.')
        if alg not in known:
            raise UnacceptableTokenError("The algorithm is not supported.", code="unsupported_algorithm")
        candidates = self._by_alg.get(alg, _NOBODY)
        if "kid" not in header:
            return _only(candidates)
        kid = header["kid"]
        if not isinstance(kid, str):
            raise MalformedTokenError('The header parameter "kid" is not a string.')
        key = candidates.named.get(kid)
        if key is None:
            raise self._absent(kid, known=known)
        return key

    def _absent(self, kid: str, *, known: Collection[str]) -> UnknownKeyError | UnacceptableTokenError:
        if any(kid in each.named for alg, each in self._by_alg.items() if alg in known):
            return UnacceptableTokenError("The key is not for this algorithm.", code="algorithm_mismatch")
        return _unknown()


class _Candidates(msgspec.Struct, frozen=True):
    """The keys of one algorithm: all of them, and by kid those that have one."""

    all: tuple[Key, ...]
    named: Mapping[str, Key]


_NOBODY: Final = _Candidates((), MappingProxyType({}))


class _Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """The algorithms of keys that name none."""

    rsa: str
    okp: str | None


def _only(candidates: _Candidates) -> Key:
    if not candidates.all:
        raise _unknown()
    if len(candidates.all) > 1:
        raise UnacceptableTokenError("Several keys could be meant; the token names none.", code="ambiguous_key")
    return candidates.all[0]


def _unknown() -> UnknownKeyError:
    return UnknownKeyError("There is no key for this token.")


def _index(keys: tuple[Key, ...]) -> Mapping[str, _Candidates]:
    if not all(isinstance(key, Key) for key in keys):
        raise TypeError("A KeySet holds Key objects.")
    grouped: dict[str, list[Key]] = {}
    for key in keys:
        grouped.setdefault(key.alg, []).append(key)
    return MappingProxyType({alg: _Candidates(tuple(same), _by_kid(same)) for alg, same in grouped.items()})


def _by_kid(keys: list[Key]) -> Mapping[str, Key]:
    named: dict[str, Key] = {}
    for key in keys:
        if key.kid is None:
            continue
        # Kid and alg are what a token tells keys apart by.
        if key.kid in named:
            raise KeyMaterialError(
                "Two keys have the same kid, kty and alg.", code="duplicate_key", detail=f"alg={key.alg}"
            )
        named[key.kid] = key
    return MappingProxyType(named)


def _named(alg: str, *, kty: str) -> str:
    algorithm = requested(alg)
    if not isinstance(algorithm, SignatureAlgorithm) or algorithm.key_type != kty:
        raise ValueError(f"{alg} is no algorithm for {kty} keys.")
    return alg


def _read_members(jwks: Mapping[str, object] | str | bytes) -> list[object] | tuple[object, ...]:
    members = parse_json_object(jwks).get("keys")
    if not isinstance(members, list | tuple):
        raise KeyMaterialError('A JWK Set has an array "keys".', code="malformed_key_set")
    if len(members) > MAX_KEYS:
        raise KeyMaterialError(
            "The JWK Set has too many keys.", code="malformed_key_set", detail=f"keys={len(members)}"
        )
    return members


def _refuse_secrets(members: Iterable[object]) -> None:
    """Refuse a published set whole for one secret in it: its owner's keys are no longer only the owner's."""
    for jwk in members:
        if isinstance(jwk, Mapping) and (jwk.get("kty") == "oct" or has_private_members(jwk)):
            raise KeyMaterialError("A published JWK Set shows a secret.", code="published_secret")


def _read_key(jwk: object, *, defaults: _Defaults, remote: bool) -> Key:
    if not isinstance(jwk, Mapping):
        raise malformed("The JWK is not an object.")
    alg: str | None = None
    if jwk.get("kty") == "RSA" and "alg" not in jwk and jwk.get("use", "sig") == "sig":
        alg = defaults.rsa
    elif jwk.get("kty") == "OKP" and jwk.get("alg", "EdDSA") == "EdDSA":
        alg = defaults.okp
    key = Key.from_jwk(jwk, alg=alg)
    if remote and (key.is_for_encryption or not (key.key_ops is None or "verify" in key.key_ops)):
        raise KeyMaterialError("The key may not verify.", code="key_operation")
    return key


def _describe(position: int, jwk: object, error: KeyMaterialError) -> SkippedKey:
    kid = jwk.get("kid") if isinstance(jwk, Mapping) else None
    return SkippedKey(position=position, kid=kid if isinstance(kid, str) else None, code=error.code, reason=str(error))
