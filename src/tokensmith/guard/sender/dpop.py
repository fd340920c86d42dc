"""DPoP proofs, checked in the order of RFC 9449 §4.3, what is cheap before what is dear.

A proof brings its own key, which nothing else in this house may do. It may here because the key is not what is
believed: a good proof says "whoever sent this request holds this key", and the token that comes with it, or is issued
for it, says what that is worth.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from tokensmith.guard.errors import InvalidProofError
from tokensmith.guard.sender.target_uri import normal_form
from tokensmith.jose import JoseError, Key, base64url, jwt
from tokensmith.jose.errors import KeyMaterialError, UnacceptableTokenError
from tokensmith.jose.header import Header
from tokensmith.jose.jwk.members import has_private_members
from tokensmith.jose.jwt import Claims, Clock
from tokensmith.jose.limits import Limits

# No MAC (§4.2), and nothing whose verification costs a stranger less than us.
DPOP_ALGORITHMS: Final = ("ES256", "ES384", "ES512", "Ed25519", "Ed448", "PS256", "PS384", "PS512", "RS256")
MAX_AGE_SECONDS: Final = 60
LEEWAY_SECONDS: Final = 10
# A 4096-bit RSA key and its signature take about 1.5 KB in base64.
_LIMITS: Final = Limits(max_token_bytes=8192, max_header_bytes=4096)


@dataclass(frozen=True, slots=True, kw_only=True)
class DpopProof:
    """What a good proof proves.

    Attributes:
        alg: The algorithm it is signed with, one of `DPOP_ALGORITHMS`.
        thumbprint: The SHA-256 thumbprint of its key (RFC 7638): what "jkt" names (§6.1).
        digest: Tells this proof from every other one of any key, for whoever remembers used ones.
        issued_at: Its "iat".
        accepted_until: When it is refused for its age, in seconds since 1970; to be remembered until then.
        nonce: The "nonce" it has, whatever that is; not checked here.
    """

    alg: str
    thumbprint: str
    digest: bytes
    issued_at: float
    accepted_until: float
    nonce: object


class DpopVerifier:
    """Checks proofs; knows nothing of those that came before, which `SeenProofs` does.

    Args:
        clock: Says the time.
        max_age: Seconds after its making in which a proof is accepted.
        leeway: Seconds of clock difference to forgive, either way.
    """

    def __init__(self, *, clock: Clock, max_age: int = MAX_AGE_SECONDS, leeway: int = LEEWAY_SECONDS) -> None:
        self._clock = clock
        self._lifetime = max_age + leeway
        self._verifier = jwt.Verifier(
            _own_key,
            issuer=jwt.ANY,
            audience=jwt.ANY,
            profile=jwt.DPOP_PROOF,
            leeway=leeway,
            clock=clock,
            limits=_LIMITS,
        )

    def verify(self, values: Sequence[bytes], *, method: str, uri: str, access_token: str | None = None) -> DpopProof:
        """Check the proof of one request.

        Args:
            values: Every DPoP header of the request.
            method: The request's method.
            uri: Its target as clients know it, by the public URL and never by its Host header.
            access_token: The token that it comes with; None where one is asked for.

        Raises:
            InvalidProofError: It is not there, not good, or not for this request; `code` says which check failed.
        """
        if len(values) != 1:
            # Check 1.
            raise InvalidProofError(
                "Exactly one DPoP proof is needed.", code="dpop_proof_repeated" if values else "dpop_proof_missing"
            )
        try:
            # Checks 2 to 7.
            verified = self._verifier.verify(values[0])
        except JoseError as error:
            raise InvalidProofError(f"DPoP proof: {error}", code=error.code, detail=error.detail) from None
        claims = verified.claims
        _check_request(claims, method=method, uri=uri)
        issued_at = self._checked_age(claims)
        if access_token is not None:
            _check_access_token(claims, access_token)
        thumbprint = verified.key.thumbprint()
        return DpopProof(
            alg=verified.key.alg,
            thumbprint=thumbprint,
            digest=hashlib.sha256(f"{thumbprint}.{claims.token_id}".encode()).digest(),
            issued_at=issued_at,
            accepted_until=issued_at + self._lifetime,
            nonce=claims.get("nonce"),
        )

    def _checked_age(self, claims: Claims) -> float:
        # Check 11; that "iat" is a date, and none of the future, the profile has seen to.
        issued_at = cast("float", claims["iat"])
        if issued_at + self._lifetime <= self._clock.now():
            raise InvalidProofError("The DPoP proof is too old.", code="dpop_proof_too_old", detail=f"iat={issued_at}")
        return issued_at


def _own_key(header: Header) -> Key:
    """Take the key that a proof brings (checks 5 to 7)."""
    # Before the key is looked at: the header names an algorithm, and which ones there are is for us to say.
    if header.alg not in DPOP_ALGORITHMS:
        raise UnacceptableTokenError("The algorithm is not for proofs.", code="dpop_proof_algorithm")
    jwk = cast("Mapping[str, object]", header["jwk"])
    if has_private_members(jwk):
        raise KeyMaterialError("The proof shows a private key.", code="dpop_proof_private_key")
    return Key.from_jwk(jwk, alg=header.alg)


def _check_request(claims: Claims, *, method: str, uri: str) -> None:
    """Compare method and target (checks 8 and 9); methods are case-sensitive (RFC 9110 §9.1)."""
    if claims["htm"] != method:
        raise InvalidProofError(
            "The DPoP proof is for another method.", code="dpop_proof_method", detail=f"htm={claims['htm']!r:.32}"
        )
    htu = cast("str", claims["htu"])
    try:
        same = normal_form(htu) == normal_form(uri)
    except ValueError:
        same = False
    if not same:
        raise InvalidProofError(
            "The DPoP proof is for another URI.",
            code="dpop_proof_uri",
            detail=f"htu={htu!r:.256} expected={uri!r:.256}",
        )


def _check_access_token(claims: Claims, access_token: str) -> None:
    """Compare "ath" with the token (check 12, first half); without it a captured proof would fit any token."""
    expected = base64url.encode(hashlib.sha256(access_token.encode("ascii")).digest())
    if claims.get("ath") != expected:
        raise InvalidProofError("The DPoP proof is for another access token.", code="dpop_proof_access_token")
