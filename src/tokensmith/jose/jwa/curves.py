"""Curves for ECDSA, by their JWK name (RFC 7518 §6.2.1.1, RFC 8812 §3.1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One curve and the two numbers the wire forms depend on."""

    name: str
    """The value of "crv"."""
    implementation: ec.EllipticCurve
    order: int
    """The order n of the base point; a signature's r and s, and a private key, lie in 1..n-1."""

    @property
    def octets(self) -> int:
        """Octets of a coordinate, of r, of s and of a private key: 32, 48 or 66."""
        return (self.order.bit_length() + 7) // 8


# Orders: SP 800-186 §3.2.1, SEC 2 §2.4.1. Written out because the primitive library does not say them in every version
# we allow.
P_256: Final = Curve(
    name="P-256",
    implementation=ec.SECP256R1(),
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
P_384: Final = Curve(
    name="P-384",
    implementation=ec.SECP384R1(),
    order=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
)
P_521: Final = Curve(
    name="P-521",
    implementation=ec.SECP521R1(),
    order=int(
        "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA"
        "51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
        16,
    ),
)
SECP256K1: Final = Curve(
    name="secp256k1",
    implementation=ec.SECP256K1(),
    order=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
)

CURVES: Final[Mapping[str, Curve]] = MappingProxyType({curve.name: curve for curve in (P_256, P_384, P_521, SECP256K1)})
CURVE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {curve.implementation.name: curve.name for curve in CURVES.values()}
)
"""From the primitive library's name ("secp256r1") to the JWK name ("P-256")."""
