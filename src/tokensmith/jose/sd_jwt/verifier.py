"""Verifier: the only maker of a VerifiedSdJwt (RFC 9901 §7.1, §7.3).

The order is: sizes and counts, policy on key binding, signature; only then are the disclosures hashed, and what comes
of them is judged by the rules of every other token; the holder's proof comes last. Whether a proof is due is settled
before a token is seen, so taking it off gets nobody anywhere (§9.5).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Never, cast

import msgspec

from tokensmith.jose import jws, jwt
from tokensmith.jose.errors import KeyMaterialError, UnacceptableTokenError
from tokensmith.jose.frozen_json import adopt
from tokensmith.jose.header import Header
from tokensmith.jose.jwk import Key, KeySet
from tokensmith.jose.jws.verify import KeySource
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock, Duration
from tokensmith.jose.jwt.opened import OpenedJwt, open_signed
from tokensmith.jose.jwt.rules import Expected, Rules
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sd_jwt import compact, json_form
from tokensmith.jose.sd_jwt.compact import SdJwtParts
from tokensmith.jose.sd_jwt.disclosure import digest_of
from tokensmith.jose.sd_jwt.key_binding import KeyBinding, NotRequired, ProofCheck, check_text, read_holder_key
from tokensmith.jose.sd_jwt.resolve import Path, Resolved, resolve
from tokensmith.jose.sealed import Sealed, make_sealed
from tokensmith.jose.strict_json import JsonValue, parse_object


class VerifiedSdJwt(msgspec.Struct, frozen=True, metaclass=Sealed):
    """An SD-JWT that passed every check of one verifier."""

    claims: jwt.Claims
    """What the issuer made visible and what the holder disclosed, together; no digest is left."""
    header: Header
    """That of the issuer-signed JWT."""
    key: Key
    """The issuer's key that verified it."""
    disclosed: tuple[Path, ...]
    """The claims that could have been kept back."""
    key_binding: jwt.VerifiedJwt | None
    """The holder's proof, with the holder's key; None where the verifier requires none."""


class Verifier:
    """Checks SD-JWTs of one kind; frozen, and safe to share between threads.

    A holder uses one, too, with `NOT_REQUIRED`, for what he is issued.

    Args:
        keys: The issuer's: a `Key`, a `KeySet`, or a callable from the header to a `Key`.
        issuer: The accepted "iss": a string, a set of strings, or `jwt.ANY`.
        audience: Who we are: the token's "aud" has to name one of these; or `jwt.ANY`, as most have none.
        typ: The expected "typ". "JWT" also accepts tokens without one, any other has to be there.
        key_binding: A `KeyBinding` where the holder has to prove that the token is his, or `NOT_REQUIRED`.
        leeway: Clock difference to forgive, 0 to 600 seconds.
        required: Claims that must be there and not null, besides "exp". Name all that you decide by: a holder may have
            been able to hide it (§9.7).
        require_exp: Whether a token without "exp" is refused.
        clock: Says the time.
        limits: Ceilings for size, depth and counts.

    Raises:
        TypeError, ValueError: An option makes no sense.
    """

    __slots__ = ("_keys", "_limits", "_now", "_proof_check", "_rules")

    _keys: KeySource
    _limits: Limits
    _now: Callable[[], float]
    _proof_check: ProofCheck | None
    _rules: Rules

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: Expected,
        audience: Expected,
        typ: str,
        key_binding: KeyBinding | Literal[NotRequired.NOT_REQUIRED],
        leeway: Duration = 0,
        required: Iterable[str] = (),
        require_exp: bool = True,
        clock: Clock = SYSTEM_CLOCK,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if not (callable(keys) or isinstance(keys, Key | KeySet)):
            raise TypeError("keys is a Key, a KeySet, or a callable from header to Key.")
        set_once = super().__setattr__
        set_once("_keys", keys)
        set_once(
            "_rules",
            Rules.build(
                issuer=issuer,
                audience=audience,
                typ=typ,
                profile=None,
                leeway=leeway,
                max_age=None,
                required=required,
                require_exp=require_exp,
            ),
        )
        set_once("_proof_check", _proof_check(key_binding, leeway=leeway, limits=limits))
        set_once("_now", clock.now)
        set_once("_limits", limits)

    def verify(self, presentation: str | bytes, *, nonce: str | None = None) -> VerifiedSdJwt:
        """Check an SD-JWT or SD-JWT+KB completely.

        Args:
            presentation: The compact form.
            nonce: The one that was given out for this transaction, where key binding is required.

        Raises:
            MalformedTokenError: It never was an SD-JWT, or its disclosures and digests break the rules.
            UnknownKeyError: There is no key for it.
            InvalidSignatureError: It, or the holder's proof, is forged or damaged.
            UnacceptableTokenError: It is for somebody else, or the holder's proof is missing or for something else.
            ExpiredTokenError, NotYetValidTokenError: Only the time is wrong.
            KeyMaterialError: The key may not verify, or is a shared secret.
            TypeError, ValueError: The nonce is missing where key binding is required, given where nobody would look at
                it, no text, or empty.
        """
        self._check_nonce(nonce)
        parts = compact.split(presentation, limits=self._limits)
        self._check_policy(parts)
        return self._judge(parts, open_signed(parts.issuer_signed, self._keys, limits=self._limits), nonce=nonce)

    def verify_json(
        self, presentation: Mapping[str, JsonValue] | str | bytes, *, nonce: str | None = None
    ) -> VerifiedSdJwt:
        """Check an SD-JWT or SD-JWT+KB in JSON completely, flattened or general (RFC 9901 §8).

        All its signatures have to hold, each of a key of this verifier; the result names the first one's.

        Args:
            presentation: The object, which is copied once, or its text.
            nonce: As of `verify`.

        Raises:
            JoseError, TypeError, ValueError: As of `verify`, and of `jws.verify_json` for its form.
        """
        self._check_nonce(nonce)
        source = json_form.split(presentation, limits=self._limits)
        self._check_policy(source.parts)
        verified = jws.verify_json(source.members, self._keys, limits=self._limits)
        for signature in verified.signatures:
            # A JWT has no "b64" (RFC 7797 §7), though a JWS may.
            if "crit" in signature.header:
                raise UnacceptableTokenError("An SD-JWT has no extensions.", code="unsupported_crit")
            self._check_signed_by(signature.key, header=signature.header)
        first = verified.signatures[0]
        claims = parse_object(verified.payload, limits=self._limits)
        return self._judge(source.parts, OpenedJwt(first.header, first.key, claims), nonce=nonce)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A Verifier is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("A Verifier is frozen.")

    def _check_nonce(self, nonce: str | None) -> None:
        if (nonce is None) is not (self._proof_check is None):
            raise TypeError("A nonce goes with required key binding, and only with it.")
        if nonce is not None:
            check_text(nonce, name="nonce")

    def _check_policy(self, parts: SdJwtParts) -> None:
        if self._proof_check is not None and not parts.key_binding:
            raise UnacceptableTokenError("The holder's key binding is missing.", code="key_binding_missing")
        if self._proof_check is None and parts.key_binding:
            raise UnacceptableTokenError("A key binding is not asked for.", code="key_binding_unexpected")

    def _check_signed_by(self, key: Key, *, header: Header) -> None:
        if key.kty == "oct":
            raise KeyMaterialError("An SD-JWT is signed with a private key.", code="symmetric_key")
        for problem in self._rules.header_problems(header):
            raise problem

    def _judge(self, parts: SdJwtParts, opened: OpenedJwt, *, nonce: str | None) -> VerifiedSdJwt:
        self._check_signed_by(opened.key, header=opened.header)
        resolved = resolve(opened.claims, disclosures=parts.disclosures, limits=self._limits)
        now = self._now()
        for problem in self._rules.claims_problems(resolved.claims, now=now):
            raise problem
        proof = self._check_proof(parts, resolved, nonce=nonce, now=now)
        claims = adopt(jwt.Claims, resolved.claims)
        made = make_sealed(VerifiedSdJwt, claims, opened.header, opened.key, tuple(resolved.disclosed), proof)
        return cast("VerifiedSdJwt", made)

    def _check_proof(
        self, parts: SdJwtParts, resolved: Resolved, *, nonce: str | None, now: float
    ) -> jwt.VerifiedJwt | None:
        if self._proof_check is None or nonce is None:
            return None
        presented = compact.join(parts.issuer_signed, disclosures=parts.disclosures)
        return self._proof_check.check(
            parts.key_binding,
            holder=read_holder_key(resolved.claims),
            nonce=nonce,
            sd_hash=digest_of(presented, hashed_with=resolved.hashed_with),
            now=now,
        )


def _proof_check(
    key_binding: KeyBinding | Literal[NotRequired.NOT_REQUIRED], *, leeway: Duration, limits: Limits
) -> ProofCheck | None:
    if not isinstance(key_binding, KeyBinding | NotRequired):
        raise TypeError("key_binding is a KeyBinding, or NOT_REQUIRED.")
    return ProofCheck.build(key_binding, leeway=leeway, limits=limits) if isinstance(key_binding, KeyBinding) else None
