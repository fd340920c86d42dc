"""From a key object to JWK members: public ones alone, or all of them.

This is one of the few files that spell out a private key; `write_private_members` is the only way to ask for it.
"""

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    LatticePrivateKey,
    LatticePublicKey,
    PrivateKeyObject,
    PublicKeyObject,
)
from tokensmith.jose.jwk.akp_members import write_akp
from tokensmith.jose.jwk.ec_members import write_ec
from tokensmith.jose.jwk.oct_members import write_oct
from tokensmith.jose.jwk.okp_members import write_okp
from tokensmith.jose.jwk.rsa_members import write_rsa


def public_half(key: KeyObject) -> PublicKeyObject:
    """Take the public key of a pair.

    Raises:
        KeyMaterialError: A shared secret has no public half ("symmetric_key").
    """
    if isinstance(key, bytes):
        raise KeyMaterialError("A shared secret has no public half.", code="symmetric_key")
    if isinstance(key, PrivateKeyObject):
        return key.public_key()
    return key


def write_public_members(key: KeyObject) -> dict[str, str]:
    """Spell the public members of a key; raises `KeyMaterialError` for a shared secret, which has none."""
    return _write_members(public_half(key))


def write_private_members(key: KeyObject) -> dict[str, str]:
    """Spell all members of a key, the private ones included."""
    return _write_members(key)


def _write_members(key: KeyObject) -> dict[str, str]:
    if isinstance(key, bytes):
        return write_oct(key)
    if isinstance(key, RSAPrivateKey | RSAPublicKey):
        return write_rsa(key)
    if isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        return write_ec(key)
    if isinstance(key, LatticePrivateKey | LatticePublicKey):
        return write_akp(key)
    return write_okp(key)
