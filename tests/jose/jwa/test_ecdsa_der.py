"""r‖s ⇄ DER, exactly as the primitive library does it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose.jwa.curves import CURVES, Curve
from tokensmith.jose.jwa.ecdsa_der import from_der, to_der

ALL = [*CURVES.values()]


def edges(curve: Curve) -> list[int]:
    """Numbers at which their form changes: length, highest bit, and the ends of the range."""
    bits = [each for each in range(1, curve.order.bit_length()) if each % 8 in {0, 7}]
    return [1, curve.order - 1, *(number for bit in bits for number in ((1 << bit) - 1, 1 << bit))]


def same(curve: Curve, r: int, s: int) -> bool:
    octets = curve.octets
    raw = r.to_bytes(octets, "big") + s.to_bytes(octets, "big")
    der = to_der(raw[:octets], raw[octets:])
    return (
        der == encode_dss_signature(r, s)
        and decode_dss_signature(der) == (r, s)
        and from_der(der, octets=octets) == raw
    )


@pytest.mark.parametrize("curve", ALL, ids=lambda curve: curve.name)
def test_every_length_is_written_the_same(curve: Curve) -> None:
    """X.690 §8.3.2: the fewest octets, and the highest bit is the sign; for P-521 the sequence's length takes two."""
    numbers = edges(curve)

    assert all(same(curve, r, s) for r in numbers for s in (1, numbers[5], curve.order - 1))
    assert all(same(curve, r, s) for s in numbers for r in (1, numbers[5], curve.order - 1))


@given(data=st.data(), curve=st.sampled_from(ALL))
def test_any_signature_is_written_the_same(data: st.DataObject, curve: Curve) -> None:
    number = st.integers(1, curve.order - 1)

    assert same(curve, data.draw(number), data.draw(number))
