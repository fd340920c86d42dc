"""The numbers of the curves, checked against the curves themselves."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import derive_private_key

from tokensmith.jose.jwa.curves import CURVE_NAMES, CURVES, Curve


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_the_order_is_that_of_the_base_point(curve: Curve) -> None:
    """(n-1)·G = -G, which has the same x as G: no other number of this size does that."""
    first, last = (
        derive_private_key(secret, curve.implementation).public_key().public_numbers()
        for secret in (1, curve.order - 1)
    )

    assert first.x == last.x
    assert first.y != last.y


@pytest.mark.parametrize(("name", "octets"), [("P-256", 32), ("P-384", 48), ("P-521", 66), ("secp256k1", 32)])
def test_coordinates_have_the_full_size_of_the_curve(name: str, octets: int) -> None:
    """RFC 7518 §6.2.1.2: 66 octets for P-521, whose field has 521 bits."""
    assert CURVES[name].octets == octets


def test_the_primitive_names_lead_back_to_the_jwk_names() -> None:
    assert {CURVE_NAMES[curve.implementation.name] for curve in CURVES.values()} == set(CURVES)
