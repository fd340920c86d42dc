"""One ECDSA signature in two forms: r‖s, as JOSE has it, ⇄ DER, as primitives have it (RFC 7518 §3.4, X.690 §8.3).

Both are the same two numbers in big-endian bytes, so nothing has to become an int on the way: that takes twice as long.
"""

from typing import Final

# Two integers of 66 octets, with their own headers, are 136 octets: above 127 the length takes one octet more.
_SEQUENCE: Final = tuple(bytes([0x30, n]) if n < 128 else bytes([0x30, 0x81, n]) for n in range(256))
_INTEGER: Final = tuple(bytes([0x02, n]) for n in range(128))


def to_der(r: bytes, s: bytes) -> bytes:
    """Write Ecdsa-Sig-Value; *r* and *s* are big-endian, above zero, and of at most 66 octets."""
    body = _integer(r) + _integer(s)
    return _SEQUENCE[len(body)] + body


def from_der(der: bytes, *, octets: int) -> bytes:
    """Read Ecdsa-Sig-Value as *r* and *s* of *octets* each.

    Only for what a primitive has just made: nothing is checked here, and DER that anybody else wrote has no way in.
    """
    start = 4 if der[1] < 128 else 5
    end = start + der[start - 1]
    # A number with its highest bit set has a zero before it, a small one has not all its octets.
    return der[start:end][-octets:].rjust(octets, b"\0") + der[end + 2 :][-octets:].rjust(octets, b"\0")


def _integer(number: bytes) -> bytes:
    shortest = number.lstrip(b"\0")
    if shortest[0] > 127:
        shortest = b"\0" + shortest
    return _INTEGER[len(shortest)] + shortest
