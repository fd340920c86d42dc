"""Verifier: the only maker of a VerifiedJwt (RFC 7519 §7.2, RFC 8725).

The order is: size, base64url, header, key, signature; only then is the payload read as JSON, and only then do its
claims decide anything. So a forged token is called forged, whatever it says about its time.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Generic, Never, cast

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import (
    ExpiredTokenError,
    InvalidSignatureError,
    JoseError,
    NotYetValidTokenError,
    UnacceptableTokenError,
)
from tokensmith.jose.frozen_json import adopt
from tokensmith.jose.header import Header, parse_header
from tokensmith.jose.jwk import Key, KeySet
from tokensmith.jose.jws import compact
from tokensmith.jose.jws.verify import KeySource, check_key, choose_key
from tokensmith.jose.jwt.claims import Claims
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock, Duration
from tokensmith.jose.jwt.opened import open_signed
from tokensmith.jose.jwt.profiles import Profile
from tokensmith.jose.jwt.rules import Expected, Rules
from tokensmith.jose.jwt.verified_cache import VerifiedCache, fingerprint
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sealed import Sealed, make_sealed
from tokensmith.jose.strict_json import JsonValue, parse_object

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    ClaimsT = TypeVar("ClaimsT", default=Claims)
else:
    from typing import TypeVar

    ClaimsT = TypeVar("ClaimsT")

_MAX_KNOWN_HEADERS: Final = 64


class VerifiedJwt(msgspec.Struct, Generic[ClaimsT], frozen=True, metaclass=Sealed):
    """A token that passed every check of one verifier."""

    claims: ClaimsT
    header: Header
    key: Key
    """The key that verified it."""


class _Known(msgspec.Struct, frozen=True):
    """A protected header that was examined, and the key it leads to."""

    header: Header
    key: Key | None = None
    """None where the key has to be asked for each time."""


class _Remembered(msgspec.Struct, frozen=True):
    """A token that was verified, and what has to be asked again each time it comes back."""

    verified: VerifiedJwt[Any]
    payload: bytes
    begin: float
    end: float
    """From when on and until when the time is right; the end is excluded."""


class Verifier(Generic[ClaimsT]):
    """Checks tokens of one kind; frozen, and safe to share between threads.

    Args:
        keys: A `Key`, a `KeySet`, or a callable from the header to a `Key`; None if every `verify` brings its key.
        issuer: The accepted "iss": a string, a set of strings, or `ANY`.
        audience: Who we are: a token's "aud" has to name one of these; or `ANY`.
        typ: The expected "typ", "JWT" by default. "JWT" also accepts tokens without one, any other has to be there.
        profile: The kind of token, such as `ID_TOKEN`, instead of *typ*: with everything its standard asks for.
        leeway: Clock difference to forgive, 0 to 600 seconds.
        max_age: How old a token may be by its "iat", which then has to be there; None if that does not matter.
        required: Claims that must be there and not null, besides "exp" and those of the profile.
        require_exp: Whether a token without "exp" is refused; a profile decides it by itself.
        claims_type: A `msgspec.Struct` to read the claims into; `Claims` without one.
        checks: Called with the claims of a token that passed everything else; each raises a `JoseError`, at best an
            `UnacceptableTokenError` with a code of its own, to refuse it. What else it raises is its own fault and
            passes through; what it returns means nothing.
        cache_size: How many verified tokens to remember by their hash, so that the signature of one that comes back is
            not computed again; 0 for none. Its time, its key and *checks* are asked anew each time. Revocation is not
            known here: what the caller asks about a token beyond this, he has to ask every time.
        clock: Says the time.
        limits: Ceilings for size, depth and counts.

    Raises:
        TypeError, ValueError: An option makes no sense.
    """

    __slots__ = ("_cache", "_checks", "_claims_type", "_keys", "_known", "_limits", "_now", "_rules")

    _cache: VerifiedCache[_Remembered] | None
    _checks: tuple[Callable[[ClaimsT], object], ...]
    _claims_type: type[ClaimsT] | None
    _keys: KeySource | None
    _known: dict[bytes, _Known]
    _limits: Limits
    _now: Callable[[], float]
    _rules: Rules

    def __init__(
        self,
        keys: KeySource | None,
        *,
        issuer: Expected,
        audience: Expected,
        typ: str | None = None,
        profile: Profile | None = None,
        leeway: Duration = 0,
        max_age: Duration | None = None,
        required: Iterable[str] = (),
        require_exp: bool = True,
        claims_type: type[ClaimsT] | None = None,
        checks: Iterable[Callable[[ClaimsT], object]] = (),
        cache_size: int = 0,
        clock: Clock = SYSTEM_CLOCK,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        rules = Rules.build(
            issuer=issuer,
            audience=audience,
            typ=typ,
            profile=profile,
            leeway=leeway,
            max_age=max_age,
            required=required,
            require_exp=require_exp,
        )
        set_once = super().__setattr__
        set_once("_keys", _checked_keys(keys))
        set_once("_rules", rules)
        set_once("_claims_type", _checked_type(claims_type))
        set_once("_checks", _checked_checks(checks))
        set_once("_cache", VerifiedCache(cache_size) if cache_size else None)
        set_once("_now", clock.now)
        set_once("_limits", limits)
        set_once("_known", {})

    def verify(self, token: str | bytes, *, key: Key | None = None) -> VerifiedJwt[ClaimsT]:
        """Check a token completely.

        Args:
            token: A compact JWS.
            key: The key to use instead of the verifier's own, already resolved by the caller.

        Raises:
            MalformedTokenError: It never was a signed JWT.
            UnknownKeyError: There is no key for it.
            InvalidSignatureError: It is forged or damaged.
            UnacceptableTokenError: It is for somebody else: algorithm, type, issuer, audience or claims.
            ExpiredTokenError, NotYetValidTokenError: Only the time is wrong.
            KeyMaterialError: The key may not verify.
        """
        if self._cache is not None and (recalled := self._recall(token, key=key, cache=self._cache)) is not None:
            return recalled
        parts = compact.split(token, limits=self._limits)
        text = parts.header_text
        # Issuers repeat their header, so it is examined once; the signature is over the very text that is looked up.
        known = self._known.get(text)
        examined = known or self._examine(text, choose=key is None)
        if key is None:
            key = examined.key or self._ask_for_key(examined.header)
        else:
            check_key(key, header=examined.header)
        if not key.verify_bytes(parts.signature, parts.signing_input):
            raise InvalidSignatureError("The signature does not match.")
        if known is None:
            self._remember_header(text, examined)
        claims = parse_object(parts.payload, limits=self._limits)
        for problem in self._rules.claims_problems(claims, now=self._now()):
            raise problem
        verified: VerifiedJwt[ClaimsT] = make_sealed(VerifiedJwt, self._accept(claims), examined.header, key)
        if self._cache is not None:
            begin, end = self._rules.good_between(claims)
            self._cache.put(fingerprint(token), _Remembered(verified, parts.payload, begin, end))
        return verified

    def problems(self, token: str | bytes, *, key: Key | None = None) -> tuple[JoseError, ...]:
        """Find everything that is wrong with a token, for the eyes of a developer; empty where `verify` accepts it.

        What precedes the claims is reported alone: of a forged token nothing is said but that it is forged. `checks`
        are asked where at most the time is wrong, since they may rely on the rest.
        """
        try:
            opened = open_signed(token, self._ask_for_key if key is None else key, limits=self._limits)
        except JoseError as error:
            return (error,)
        claims = opened.claims
        found = [*self._rules.header_problems(opened.header), *self._rules.claims_problems(claims, now=self._now())]
        if all(isinstance(each, ExpiredTokenError | NotYetValidTokenError) for each in found):
            try:
                self._accept(claims)
            except JoseError as error:
                found.append(error)
        return tuple(found)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A Verifier is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("A Verifier is frozen.")

    def _recall(
        self, token: str | bytes, *, key: Key | None, cache: VerifiedCache[_Remembered]
    ) -> VerifiedJwt[ClaimsT] | None:
        if len(token) > self._limits.max_token_bytes:
            return None
        digest = fingerprint(token)
        remembered = cache.find(digest)
        if remembered is None:
            return None
        verified: VerifiedJwt[ClaimsT] = remembered.verified
        if not remembered.begin <= self._now() < remembered.end:
            # The full verification that follows says what is wrong.
            cache.forget(digest)
            return None
        if key is None:
            key = verified.key if isinstance(self._keys, Key | KeySet) else self._ask_for_key(verified.header)
        if key is not verified.key:
            # The source of keys has other ones than before, so nothing that the old ones verified is to be believed.
            cache.clear()
            return None
        if self._claims_type is not None:
            # A type of the caller's may be mutable, and what one caller changes is not for the next.
            claims = self._accept(parse_object(remembered.payload, limits=self._limits))
            return cast("VerifiedJwt[ClaimsT]", make_sealed(VerifiedJwt, claims, verified.header, key))
        for check in self._checks:
            check(verified.claims)
        return verified

    def _accept(self, claims: dict[str, JsonValue]) -> ClaimsT:
        """Bring claims that kept the rules into the form the caller wants, and ask his own checks."""
        shaped = cast("ClaimsT", adopt(Claims, claims)) if self._claims_type is None else self._convert(claims)
        for check in self._checks:
            check(shaped)
        return shaped

    def _examine(self, text: bytes, *, choose: bool) -> _Known:
        header = parse_header(base64url.decode(text), limits=self._limits)
        for problem in self._rules.header_problems(header):
            raise problem
        if choose and isinstance(self._keys, Key | KeySet):
            return _Known(header, choose_key(self._keys, header=header))
        return _Known(header)

    def _ask_for_key(self, header: Header) -> Key:
        if self._keys is None:
            raise TypeError("This Verifier has no keys of its own; say verify(token, key=...).")
        return choose_key(self._keys, header=header)

    def _remember_header(self, text: bytes, known: _Known) -> None:
        # Only headers of genuine tokens come here, so a stranger cannot fill the table or push others out of it.
        if len(self._known) >= _MAX_KNOWN_HEADERS:
            self._known.clear()
        self._known[text] = known

    def _convert(self, claims: dict[str, JsonValue]) -> ClaimsT:
        try:
            # From the strictly read claims, never from the bytes: a typed decode overlooks duplicates and bad UTF-8.
            return msgspec.convert(claims, cast("type[ClaimsT]", self._claims_type))
        except msgspec.ValidationError as error:
            raise UnacceptableTokenError(
                "The claims are not what this verifier expects.", code="claims_mismatch", detail=str(error)
            ) from None


def _checked_keys(keys: KeySource | None) -> KeySource | None:
    if not (keys is None or callable(keys) or isinstance(keys, Key | KeySet)):
        raise TypeError("keys is a Key, a KeySet, a callable from header to Key, or None.")
    return keys


def _checked_type(claims_type: type[ClaimsT] | None) -> type[ClaimsT] | None:
    if not (claims_type is None or isinstance(claims_type, msgspec.StructMeta)):
        raise TypeError("claims_type is a msgspec.Struct class.")
    return claims_type


def _checked_checks(checks: Iterable[Callable[[ClaimsT], object]]) -> tuple[Callable[[ClaimsT], object], ...]:
    listed = tuple(checks)
    if not all(callable(check) for check in listed):
        raise TypeError("checks is a collection of callables that take the claims.")
    return listed
