"""Nested tokens: signed, then encrypted, and back (RFC 7519 §5.2 and §11.2, RFC 8725 §3.3).

That something decrypts says who may read it, not who wrote it: with a public key anybody encrypts. So all that counts
is the signed token inside, checked by a `Verifier` to its end, and there are two layers, never one or three.
"""

from collections.abc import Collection, Mapping
from typing import Final, Generic, Never, cast

import msgspec

from tokensmith.jose import jwe
from tokensmith.jose.errors import (
    ExpiredTokenError,
    JoseError,
    MalformedTokenError,
    NotYetValidTokenError,
    UnacceptableTokenError,
)
from tokensmith.jose.frozen_json import thaw
from tokensmith.jose.header import Header, media_type
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS
from tokensmith.jose.jwe.content_key import KeySource
from tokensmith.jose.jwe.drafts import check_drafts
from tokensmith.jose.jwk import Key, KeySet
from tokensmith.jose.jwt.signer import Signer
from tokensmith.jose.jwt.unverified import read_unverified
from tokensmith.jose.jwt.verifier import ClaimsT, VerifiedJwt, Verifier
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sealed import Sealed, make_sealed
from tokensmith.jose.strict_json import JsonValue

_REPLICATED_CLAIMS: Final = frozenset({"iss", "sub", "aud"})
_REPLICABLE: Final = _REPLICATED_CLAIMS | {"typ"}
_NOT_THE_CALLERS: Final = _REPLICABLE | {"cty", "zip"}


class VerifiedNestedJwt(msgspec.Struct, Generic[ClaimsT], frozen=True, metaclass=Sealed):
    """A token that was encrypted for us, and a signed one inside that passed every check of one verifier."""

    inner: VerifiedJwt[ClaimsT]
    """The signed token: all that anybody vouches for."""
    outer_header: Header
    """The header around it, which whoever encrypted the token chose; "typ" and replicated claims fit the inner ones."""
    outer_key: Key
    """The key that decrypted it."""


class NestedSigner:
    """Makes signed tokens that only their recipient can read; frozen, and safe to share between threads.

    Args:
        signer: Makes the token inside.
        key: The recipient's public key, or a shared secret.
        enc: The content encryption, as of `jwe.encrypt`.
        replicated: Which of "typ", "iss", "sub" and "aud" to repeat in the outer header, readable for everybody
            (RFC 7519 §5.3, RFC 8725 §3.11).
        header: Further members of the outer header, as of `jwe.encrypt`; none of those above, "cty" or "zip".
        drafts: The drafts whose algorithms to use, as of `jwe.encrypt`.

    Raises:
        TypeError, ValueError: An option makes no sense.
        KeyMaterialError: The key may not encrypt (`key_operation`), is for another *enc* (`algorithm_mismatch`), or its
            algorithm is of a draft that is not named (`unsupported_algorithm`).
    """

    __slots__ = ("_drafts", "_enc", "_header", "_key", "_replicated", "_signer")

    _drafts: frozenset[str]
    _enc: str | None
    _header: dict[str, JsonValue]
    _key: Key
    _replicated: frozenset[str]
    _signer: Signer

    def __init__(
        self,
        signer: Signer,
        key: Key,
        *,
        enc: str | None = None,
        replicated: Collection[str] = (),
        header: Mapping[str, JsonValue] | None = None,
        drafts: Collection[str] = (),
    ) -> None:
        if not isinstance(signer, Signer):
            raise TypeError("signer is a Signer.")
        if not isinstance(key, Key):
            raise TypeError("key is a Key.")
        set_once = super().__setattr__
        set_once("_signer", signer)
        set_once("_key", key)
        set_once("_enc", enc)
        set_once("_replicated", _checked_names(replicated))
        set_once("_header", _checked_header(header or {}))
        # Shows now, and not with the first token, what the key and the options do not allow.
        jwe.encrypt(b"", key, enc=enc, header=self._header, drafts=drafts)
        set_once("_drafts", frozenset(drafts))

    def sign(self, claims: Mapping[str, JsonValue]) -> str:
        """Sign claims and encrypt the token; the result is a compact JWE.

        Its length tells that of the claims.

        Raises:
            TypeError, KeyMaterialError: As of `Signer.sign`.
            ValueError: As of `Signer.sign`; or a claim to be replicated is not there.
        """
        signed = self._signer.sign(claims)
        header = self._header | _replicas(signed, names=self._replicated)
        return jwe.encrypt(signed.encode("ascii"), self._key, enc=self._enc, header=header, drafts=self._drafts)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A NestedSigner is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("A NestedSigner is frozen.")


class NestedVerifier(Generic[ClaimsT]):
    """Decrypts tokens and checks what is signed inside; frozen, and safe to share between threads.

    Nothing is ever decompressed, and a token that is signed alone, or encrypted alone, is refused.

    Args:
        verifier: Checks the token inside, with keys, issuer, audience and type of its own.
        keys: A private key or shared secret, a `KeySet` of them, or a callable from the outer header to one.
        encs: The content encryptions to accept; all of ours unless given.
        drafts: The drafts whose algorithms to accept, as of `jwe.decrypt`.
        limits: Ceilings for the outer token; *verifier* has its own for the inner one.

    Raises:
        TypeError, ValueError: An option makes no sense.
    """

    __slots__ = ("_drafts", "_encs", "_keys", "_limits", "_verifier")

    _drafts: frozenset[str]
    _encs: frozenset[str]
    _keys: KeySource
    _limits: Limits
    _verifier: Verifier[ClaimsT]

    def __init__(
        self,
        verifier: Verifier[ClaimsT],
        keys: KeySource,
        *,
        encs: Collection[str] = CONTENT_ENCRYPTIONS.keys(),
        drafts: Collection[str] = (),
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if not isinstance(verifier, Verifier):
            raise TypeError("verifier is a Verifier.")
        if not (callable(keys) or isinstance(keys, Key | KeySet)):
            raise TypeError("keys is a Key, a KeySet, or a callable from header to Key.")
        set_once = super().__setattr__
        set_once("_verifier", verifier)
        set_once("_keys", keys)
        set_once("_encs", _checked_encs(encs))
        check_drafts(drafts)
        set_once("_drafts", frozenset(drafts))
        set_once("_limits", limits)

    def verify(self, token: str | bytes) -> VerifiedNestedJwt[ClaimsT]:
        """Decrypt a token, then check the one inside completely.

        Args:
            token: A compact JWE.

        Raises:
            MalformedTokenError: As of `jwe.decrypt` and `Verifier.verify`; or the content is a set of claims that
                nobody signed (`unsigned_claims`), a token with an empty signature (`unsecured_token`), or encrypted
                once more (`nested_too_deep`).
            UnacceptableTokenError: As of the same; or "cty" does not say that there is a token inside (`not_nested`),
                "typ" is neither "JWT" nor the inner one (`wrong_type`), or a replicated claim is not what the inner one
                is (`replica_mismatch`).
            JoseError: Anything else that `jwe.decrypt` or `Verifier.verify` raises.
        """
        outer = jwe.decrypt(token, self._keys, encs=self._encs, drafts=self._drafts, limits=self._limits)
        signed = _signed_inside(outer)
        try:
            inner = self._verifier.verify(signed)
        except (ExpiredTokenError, NotYetValidTokenError):
            # The signature held; and these two have to mean that nothing but the time is wrong.
            _check_agreement(outer.header, signed, limits=self._limits)
            raise
        _check_agreement(outer.header, signed, limits=self._limits)
        return cast("VerifiedNestedJwt[ClaimsT]", make_sealed(VerifiedNestedJwt, inner, outer.header, outer.key))

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A NestedVerifier is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("A NestedVerifier is frozen.")


def _signed_inside(outer: jwe.DecryptedJwe) -> bytes:
    """Take out what has the form of a signed token; anything else that is known is called by its name."""
    cty = outer.header.cty
    if cty is None or media_type(cty) != "jwt":
        raise UnacceptableTokenError("There is no token inside this one.", code="not_nested", detail=f"cty={cty!r:.64}")
    inside = outer.plaintext
    if inside.lstrip().startswith(b"{"):
        raise MalformedTokenError("The encrypted claims are signed by nobody.", code="unsigned_claims")
    parts = inside.count(b".") + 1
    if parts == 5:
        raise MalformedTokenError("The token inside is encrypted once more.", code="nested_too_deep")
    # RFC 7519 §6: what tells an unsecured token, whatever "alg" it names, is the empty signature (CVE-2026-29000).
    if parts == 3 and inside.endswith(b"."):
        raise MalformedTokenError("The token inside is not signed.", code="unsecured_token")
    return inside


def _check_agreement(outer: Header, signed: bytes, *, limits: Limits) -> None:
    """Compare what the outer header repeats with the inner token, whose signature held."""
    repeated = _REPLICABLE & outer.keys()
    if not repeated:
        return
    inner = read_unverified(signed, limits=limits)
    typ = cast("str", inner.unverified_header.get("typ", "JWT"))
    # RFC 8725 §3.11: the inner token has the explicit type, the outer one none or the same.
    if outer.typ is not None and media_type(outer.typ) not in ("jwt", media_type(typ)):
        raise UnacceptableTokenError(
            "The outer token is of another type.", code="wrong_type", detail=f"typ={outer.typ!r:.64}"
        )
    outside, claims = outer.to_dict(), inner.unverified_claims.to_dict()
    for name in sorted(repeated & _REPLICATED_CLAIMS):
        # Somebody may have decided by it, before anything was decrypted, whose token this is.
        if name not in claims or outside[name] != claims[name]:
            raise UnacceptableTokenError(
                "The outer header does not say what the token inside says.", code="replica_mismatch", detail=name
            )


def _replicas(signed: str, *, names: frozenset[str]) -> dict[str, JsonValue]:
    if not names:
        return {}
    try:
        ours = read_unverified(signed)
    except JoseError as error:
        raise ValueError(str(error)) from error
    said: dict[str, JsonValue] = {**ours.unverified_claims.to_dict(), "typ": ours.unverified_header["typ"]}
    if missing := sorted(names - said.keys()):
        raise ValueError(f'"{missing[0]}" is to be replicated, and is not there.')
    return {name: said[name] for name in sorted(names)}


def _checked_names(replicated: Collection[str]) -> frozenset[str]:
    if isinstance(replicated, str):
        raise TypeError("replicated is a collection of names, not one string.")
    names = frozenset(replicated)
    if not names <= _REPLICABLE:
        raise ValueError(f"replicated holds only {', '.join(sorted(_REPLICABLE))}.")
    return names


def _checked_header(header: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    if chosen := sorted(_NOT_THE_CALLERS & header.keys()):
        raise ValueError(f'"{chosen[0]}" of the outer header is not for the caller to say.')
    return {"cty": "JWT", **thaw(header)}


def _checked_encs(encs: Collection[str]) -> frozenset[str]:
    if isinstance(encs, str):
        raise TypeError("encs is a collection of names, not one string.")
    names = frozenset(encs)
    if not names or not names <= CONTENT_ENCRYPTIONS.keys():
        raise ValueError(f"encs holds one or more of {', '.join(CONTENT_ENCRYPTIONS)}.")
    return names
