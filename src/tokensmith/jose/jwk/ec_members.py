"""Elliptic-curve keys as JWK members crv x y d (RFC 7518 §6.2).

Each coordinate has the full length of its curve, the point has to lie on it (an invalid-curve point leaks private keys,
RFC 8725 §3.4), and a private key has to belong to the point beside it.
"""

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    derive_private_key,
)

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.curves import CURVE_NAMES, CURVES, Curve
from tokensmith.jose.jwk.members import Jwk, malformed, read_octets, read_text, refuse_foreign_secrets, write_octets


def read_ec(jwk: Jwk) -> EllipticCurvePrivateKey | EllipticCurvePublicKey:
    """Make an elliptic-curve key from its JWK members.

    Raises:
        KeyMaterialError: The curve is unknown ("unsupported_key"), a member is missing or of another length, the point
            is off the curve, or "d" does not belong to it ("malformed_key").
    """
    refuse_foreign_secrets(jwk, own=("d",))
    curve = CURVES.get(read_text(jwk, "crv"))
    if curve is None:
        raise KeyMaterialError("The curve is not supported.", code="unsupported_key")
    x, y = (int.from_bytes(read_octets(jwk, name, length=curve.octets), "big") for name in ("x", "y"))
    numbers = EllipticCurvePublicNumbers(x, y, curve.implementation)
    try:
        public = numbers.public_key()
    except ValueError:
        raise malformed("The point is not on the curve.") from None
    return _read_private(jwk, curve, numbers) if "d" in jwk else public


def write_ec(key: EllipticCurvePrivateKey | EllipticCurvePublicKey) -> dict[str, str]:
    """Spell an elliptic-curve key as JWK members, "d" where the key has it."""
    curve = CURVES[CURVE_NAMES[key.curve.name]]
    if isinstance(key, EllipticCurvePrivateKey):
        secret = key.private_numbers().private_value.to_bytes(curve.octets, "big")
        return write_ec(key.public_key()) | {"d": write_octets(secret)}
    numbers = key.public_numbers()
    x, y = (write_octets(number.to_bytes(curve.octets, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": curve.name, "x": x, "y": y}


def _read_private(jwk: Jwk, curve: Curve, expected: EllipticCurvePublicNumbers) -> EllipticCurvePrivateKey:
    secret = int.from_bytes(read_octets(jwk, "d", length=curve.octets), "big")
    if not 0 < secret < curve.order:
        raise malformed('The JWK member "d" is outside 1..n-1.')
    key = derive_private_key(secret, curve.implementation)
    if key.public_key().public_numbers() != expected:
        raise malformed("The private key does not belong to the public key.")
    return key
