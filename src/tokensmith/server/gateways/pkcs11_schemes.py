"""What each algorithm we sign with is to a PKCS#11 token (PKCS #11 v2.40, Current Mechanisms §2.1, §2.3).

For ES256 the digest is made here and CKM_ECDSA signs it: every token has that, and its signature is r‖s, as in JOSE
(RFC 7518 §3.4). For RS256 the token hashes, so it can see to it that nothing but a padded digest is signed.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, PublicKey, Session, SignMixin
from pkcs11.util.ec import encode_named_curve_parameters

from tokensmith.jose import Key, base64url
from tokensmith.jose.jwa.rsa_signature import MIN_MODULUS_BITS

KEY_LABEL: Final = "tokensmith"
"""What people see of our keys in the token's own tools."""
_POINT_BYTES: Final = 65
# A private key that nobody can take out, not even wrapped, and that does nothing but sign.
_PRIVATE: Final[Mapping[Attribute, bool]] = MappingProxyType(
    {
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.SIGN: True,
        Attribute.DECRYPT: False,
        Attribute.UNWRAP: False,
    }
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How to make a pair in a session under an id, to read its public half, and to sign with the private one."""

    generate: Callable[[Session, bytes], PublicKey]
    read_public: Callable[[PublicKey], dict[str, str]]
    sign: Callable[[SignMixin, bytes], bytes]


def public_key(alg: str, public: PublicKey) -> Key:
    """Read the public half of a pair, under its RFC 7638 thumbprint.

    Raises:
        KeyMaterialError: What the token says is no such key.
    """
    jwk = {**SCHEMES[alg].read_public(public), "alg": alg, "use": "sig"}
    return Key.from_jwk({**jwk, "kid": Key.from_jwk(jwk).thumbprint()})


def _options(key_id: bytes) -> dict[str, Any]:
    return {
        "id": key_id,
        "label": KEY_LABEL,
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
        "private_template": dict(_PRIVATE),
    }


def _generate_p256(session: Session, key_id: bytes) -> PublicKey:
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
    return parameters.generate_keypair(**_options(key_id))[0]


def _read_p256(public: PublicKey) -> dict[str, str]:
    # An OCTET STRING around the point, as the standard has it, or the bare point, as some tokens do.
    point = bytes(public[Attribute.EC_POINT])[-_POINT_BYTES:]
    x, y = point[1:33], point[33:]
    return {"kty": "EC", "crv": "P-256", "x": base64url.encode(x), "y": base64url.encode(y)}


def _sign_p256(private: SignMixin, signing_input: bytes) -> bytes:
    digest = hashlib.sha256(signing_input).digest()
    signature: bytes = private.sign(digest, mechanism=Mechanism.ECDSA)
    return signature


def _generate_rsa(session: Session, key_id: bytes) -> PublicKey:
    return session.generate_keypair(KeyType.RSA, MIN_MODULUS_BITS, **_options(key_id))[0]


def _read_rsa(public: PublicKey) -> dict[str, str]:
    # RFC 7518 §6.3.1.1: without the zero that some tokens put in front.
    modulus = bytes(public[Attribute.MODULUS]).lstrip(b"\0")
    exponent = bytes(public[Attribute.PUBLIC_EXPONENT]).lstrip(b"\0")
    return {"kty": "RSA", "n": base64url.encode(modulus), "e": base64url.encode(exponent)}


def _sign_rsa(private: SignMixin, signing_input: bytes) -> bytes:
    signature: bytes = private.sign(signing_input, mechanism=Mechanism.SHA256_RSA_PKCS)
    return signature


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        "ES256": Scheme(_generate_p256, _read_p256, _sign_p256),
        "RS256": Scheme(_generate_rsa, _read_rsa, _sign_rsa),
    }
)
