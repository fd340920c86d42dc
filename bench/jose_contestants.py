"""Who takes part in `bench/jose.py`: the primitive, this library and its peers, each in the quickest form it documents.

Every verification asks for the same: the signature, "iss", "aud", and "exp", "nbf", "iat" against the time; ours also
for "typ", which the peers do not check. Keys are prepared beforehand where the library allows it.
"""

import hashlib
import hmac
import time
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import jwt as pyjwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jose_timing import Call
from joserfc import jwt as joserfc_jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, import_key

from tokensmith.jose import Key, jwt

ISSUER = "https://id.example"
AUDIENCE = "https://api.example"
ALGORITHMS = ("HS256", "RS256", "PS256", "ES256", "EdDSA", "ML-DSA-65")
"""EdDSA is Ed25519 under the name that all of them know."""
SECRET = bytes(range(32))

# It says so at every call, and measuring that would be unfair; the others know Ed25519 by no other name.
warnings.simplefilter("ignore", SecurityWarning)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | mldsa.MLDSA65PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One library, ready to sign and to verify the same claims; None where it does not take part."""

    sign: Call | None = None
    verify: Call | None = None


def contestants(algorithm: str) -> dict[str, Contestant]:
    """Prepare everybody for one algorithm, and for verifying the same token.

    How long an Ed25519 or ECDSA verification takes depends on the signature, by more than a library adds to it.
    """
    private = None if algorithm == "HS256" else _PRIVATE_KEYS[algorithm]()
    key = Key.from_secret(SECRET, alg=algorithm) if private is None else Key.from_pem(_pem(private), alg=algorithm)
    token = jwt.Signer(key).sign(claims())
    prepared = {"raw": _raw_hmac(token) if private is None else _raw(private, token, algorithm)}
    if isinstance(private, ec.EllipticCurvePrivateKey):
        prepared["raw, random"] = _raw_random(private, token)
    prepared |= {"tokensmith": _tokensmith(key, token), "cached": _cached(key, token)}
    if isinstance(private, mldsa.MLDSA65PrivateKey):
        # Neither of them has it.
        return prepared
    return prepared | {
        "PyJWT": _pyjwt(algorithm, private, token),
        "joserfc": _joserfc(algorithm, private, token),
    }


def claims() -> dict[str, Any]:
    """Eight claims, as an access token has them."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "sub": "usr_01jd8x4m6k",
        "aud": AUDIENCE,
        "exp": now + 3600,
        "nbf": now,
        "iat": now,
        "jti": "cJ0yP6mUQbSxV1n9d2Zt4A",
        "scope": "notes:read notes:write",
    }


_PRIVATE_KEYS: dict[str, Callable[[], PrivateKey]] = {
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "PS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "ML-DSA-65": mldsa.MLDSA65PrivateKey.generate,
}


_KEY_TYPES: dict[str, Literal["RSA", "EC", "OKP"]] = {
    "RS256": "RSA",
    "PS256": "RSA",
    "ES256": "EC",
    "EdDSA": "OKP",
}


def _raw_hmac(token: str) -> Contestant:
    message, _ = _split(token)

    def digest() -> bytes:
        return hmac.digest(SECRET, message, hashlib.sha256)

    return Contestant(sign=digest, verify=digest)


def _raw(private: PrivateKey, token: str, algorithm: str) -> Contestant:
    message, signature = _split(token)
    match private:
        case rsa.RSAPrivateKey():
            rsa_public, sha256 = private.public_key(), hashes.SHA256()
            pss = padding.PSS(padding.MGF1(sha256), sha256.digest_size)
            scheme = pss if algorithm == "PS256" else padding.PKCS1v15()
            return Contestant(
                sign=lambda: private.sign(message, scheme, sha256),
                verify=lambda: rsa_public.verify(signature, message, scheme, sha256),
            )
        case ec.EllipticCurvePrivateKey():
            # As this library calls it: nonces that follow from key and message (RFC 6979) take longer than random ones.
            ec_public, ecdsa = private.public_key(), ec.ECDSA(hashes.SHA256())
            ours = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
            der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
            return Contestant(
                sign=lambda: private.sign(message, ours), verify=lambda: ec_public.verify(der, message, ecdsa)
            )
        case ed25519.Ed25519PrivateKey() | mldsa.MLDSA65PrivateKey():
            public = private.public_key()
            return Contestant(sign=lambda: private.sign(message), verify=lambda: public.verify(signature, message))


def _raw_random(private: ec.EllipticCurvePrivateKey, token: str) -> Contestant:
    """The primitive as the peers call it, whose own addition is measured against this."""
    message, _ = _split(token)
    ecdsa = ec.ECDSA(hashes.SHA256())
    return Contestant(sign=lambda: private.sign(message, ecdsa))


def _tokensmith(key: Key, token: str) -> Contestant:
    signer = jwt.Signer(key)
    verifier = jwt.Verifier(key if key.kty == "oct" else key.public(), issuer=ISSUER, audience=AUDIENCE)
    body = claims()
    return Contestant(sign=lambda: signer.sign(body), verify=lambda: verifier.verify(token))


def _cached(key: Key, token: str) -> Contestant:
    """A token that comes back to a verifier with a memory."""
    public = key if key.kty == "oct" else key.public()
    verifier = jwt.Verifier(public, issuer=ISSUER, audience=AUDIENCE, cache_size=1000)
    return Contestant(verify=lambda: verifier.verify(token))


def _pyjwt(algorithm: str, private: PrivateKey | None, token: str) -> Contestant:
    signing, verifying = (SECRET, SECRET) if private is None else (private, private.public_key())
    body = claims()
    return Contestant(
        sign=lambda: pyjwt.encode(body, signing, algorithm=algorithm),
        verify=lambda: pyjwt.decode(token, verifying, algorithms=[algorithm], issuer=ISSUER, audience=AUDIENCE),
    )


def _joserfc(algorithm: str, private: PrivateKey | None, token: str) -> Contestant:
    key = OctKey.import_key(SECRET) if private is None else import_key(_pem(private), _KEY_TYPES[algorithm])
    header = {"alg": algorithm, "typ": "JWT"}
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
    )
    body = claims()

    def verify() -> object:
        decoded = joserfc_jwt.decode(token, key, algorithms=[algorithm])
        registry.validate(decoded.claims)
        return decoded

    return Contestant(
        # It writes into the dict it is given.
        sign=lambda: joserfc_jwt.encode(header, dict(body), key, algorithms=[algorithm]),
        verify=verify,
    )


def _split(token: str) -> tuple[bytes, bytes]:
    signing_input, _, signature = token.rpartition(".")
    return signing_input.encode(), urlsafe_b64decode(signature + "==")


def _pem(private: PrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
