"""ID tokens: what a client expects of the one that answers its own request (OpenID Connect Core 1.0 §3.1.3.7).

The profile says what every ID token has to be. Whether one answers this sign-in, and not an earlier one or somebody
else's, depends on what the client sent; so `verify` here cannot be called without saying which nonce that was.
"""

import hashlib
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final

from tokensmith.jose import base64url
from tokensmith.jose.errors import UnacceptableTokenError
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk import Key
from tokensmith.jose.jws.verify import KeySource
from tokensmith.jose.jwt.claims import Claims
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock, Duration, to_seconds
from tokensmith.jose.jwt.profiles import ID_TOKEN
from tokensmith.jose.jwt.verifier import VerifiedJwt, Verifier
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits

Digest = Callable[[bytes], bytes]


class IdTokenVerifier:
    """Checks the ID tokens that one client gets from one provider.

    Args:
        keys: As of `Verifier`; with a shared secret, the client's own (§3.1.3.7 step 8).
        issuer: The provider's identifier, compared exactly.
        client_id: Who we are: "aud" has to name us, and "azp" too where it is there.
        trusted_audiences: Whom "aud" may name besides us; whoever else is named has the token refused.
        leeway: Clock difference to forgive, 0 to 600 seconds.
        clock: Says the time.
        limits: Ceilings for size, depth and counts.

    Raises:
        TypeError, ValueError: An option makes no sense.
    """

    __slots__ = ("_client_id", "_leeway_seconds", "_now", "_verifier")

    def __init__(
        self,
        keys: KeySource | None,
        *,
        issuer: str,
        client_id: str,
        trusted_audiences: AbstractSet[str] = frozenset(),
        leeway: Duration = 0,
        clock: Clock = SYSTEM_CLOCK,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._client_id: Final = client_id
        self._leeway_seconds: Final = to_seconds(leeway, name="leeway")
        self._now: Final = clock.now
        self._verifier: Final = Verifier(
            keys,
            issuer=issuer,
            audience={client_id, *trusted_audiences},
            profile=ID_TOKEN,
            leeway=leeway,
            clock=clock,
            limits=limits,
        )

    def verify(
        self,
        token: str | bytes,
        *,
        nonce: str | None,
        access_token: str | None = None,
        code: str | None = None,
        max_age: Duration | None = None,
        acr: AbstractSet[str] | None = None,
        key: Key | None = None,
    ) -> VerifiedJwt:
        """Check an ID token against the request it answers.

        Args:
            token: A compact JWS.
            nonce: What was sent as "nonce"; None if nothing was, and then the token must not have one either.
            access_token: The access token that came with it; compared with "at_hash" where that is there (§3.2.2.9).
            code: The authorization code that came with it from the authorization endpoint; "c_hash" has to be there
                and fit (§3.3.2.10).
            max_age: What was asked for as "max_age"; "auth_time" has to be there and no longer ago.
            acr: The accepted authentication context classes, where one was asked for as essential.
            key: As of `Verifier.verify`.

        Raises:
            UnacceptableTokenError: It answers another request; code `wrong_nonce`, `wrong_party`, `wrong_hash`,
                `unknown_hash`, `missing_claim`, `wrong_auth_time` or `wrong_acr`.
            RefusedTokenError, KeyMaterialError: As of `Verifier.verify`.
        """
        if nonce == "" or isinstance(acr, str):
            raise ValueError("nonce is None or a text that is not empty, acr a set of texts.")
        verified = self._verifier.verify(token, key=key)
        claims = verified.claims
        self._check_party(claims)
        # Absent where one was sent, and there where none was: either way it is the answer to another request.
        if claims.get("nonce") != nonce:
            raise UnacceptableTokenError("The ID token answers another request.", code="wrong_nonce")
        if access_token is not None and "at_hash" in claims:
            _check_hash(verified, name="at_hash", text=access_token)
        if code is not None:
            _check_hash(verified, name="c_hash", text=code)
        if max_age is not None:
            self._check_auth_time(claims, max_age=to_seconds(max_age, name="max_age"))
        if acr is not None and claims.get("acr") not in acr:
            raise UnacceptableTokenError(
                "The sign-in was not of the kind that was asked for.", code="wrong_acr", detail=f"{claims.get('acr')!r}"
            )
        return verified

    def _check_party(self, claims: Claims) -> None:
        # A trusted audience is not us: a token made out to it alone, or at its request, is not for us to use.
        if self._client_id not in claims.audience or claims.get("azp", self._client_id) != self._client_id:
            raise UnacceptableTokenError(
                "The ID token is for another client.",
                code="wrong_party",
                detail=f"aud={claims.audience!r:.256}, azp={claims.get('azp')!r:.256}",
            )

    def _check_auth_time(self, claims: Claims, *, max_age: float) -> None:
        auth_time = claims.get("auth_time")
        if not isinstance(auth_time, int | float):
            raise UnacceptableTokenError("A required claim is missing.", code="missing_claim", detail="auth_time")
        age = self._now() - auth_time
        # One in the future would stay young beyond any age.
        if not -self._leeway_seconds <= age <= max_age + self._leeway_seconds:
            raise UnacceptableTokenError(
                "The sign-in was too long ago, or has not been yet.", code="wrong_auth_time", detail=f"age={age}"
            )


def _check_hash(verified: VerifiedJwt, *, name: str, text: str) -> None:
    expected = half_hash(text, key=verified.key)
    if verified.claims.get(name) != expected:
        raise UnacceptableTokenError(f"The ID token's {name} is of something else.", code="wrong_hash")


def half_hash(text: str, *, key: Key) -> str:
    """Hash a code or a token for "c_hash" or "at_hash": the left half, in base64url (§3.3.2.11).

    Whoever makes an ID token puts it in; `IdTokenVerifier` compares.

    Args:
        text: The access token or the authorization code, as it is sent.
        key: What the ID token is signed or verified with; either half of a pair.

    Raises:
        UnacceptableTokenError: No hash is settled for the key's algorithm; code `unknown_hash`. To let it pass instead
            would switch the check off for whoever chooses the algorithm (CVE-2026-28498).
    """
    algorithm = SIGNATURE_ALGORITHMS.get(key.alg)
    bits = None if algorithm is None else algorithm.hash_bits
    digest = _DIGESTS.get(key.to_jwk()["crv"] if key.kty == "OKP" else bits)
    if digest is None:
        raise UnacceptableTokenError("No hash is known for the ID token's algorithm.", code="unknown_hash")
    hashed = digest(text.encode("utf-8", "surrogatepass"))
    return base64url.encode(hashed[: len(hashed) // 2])


def _sha(bits: int) -> Digest:
    return lambda octets: hashlib.new(f"sha{bits}", octets).digest()


# The curves' own hashes (RFC 8032 §5.1, §5.2): the standard speaks of "the hash algorithm used in alg".
_DIGESTS: Final[Mapping[object, Digest]] = MappingProxyType(
    {
        **{bits: _sha(bits) for bits in (256, 384, 512)},
        "Ed25519": _sha(512),
        "Ed448": lambda octets: hashlib.shake_256(octets).digest(114),
    }
)
