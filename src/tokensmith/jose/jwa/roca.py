"""The fingerprint of the RSA keys of one flawed generator, whose moduli can be factored (CVE-2017-15361, "ROCA").

Smart cards and TPMs made each prime as k·M + (65537^a mod M), M being the product of the first primes: 126 of them for
the smallest keys we take. So modulo each of those small primes the modulus is a power of 65537 (Nemec et al., "The
Return of Coppersmith's Attack", 2017, §3). For 22 of them few residues are, and one ordinary modulus in 2^65 has all.
"""

from math import prod
from typing import Final

_SUBGROUPS: Final = (
    *(
        (331, 2),
        (241, 6),
        (97, 6),
        (257, 16),
        (239, 17),
        (37, 3),
        (229, 19),
        (349, 29),
        (233, 29),
        (281, 35),
        (353, 44),
    ),
    *(
        (79, 13),
        (11, 2),
        (181, 45),
        (197, 49),
        (277, 69),
        (317, 79),
        (61, 20),
        (73, 24),
        (127, 42),
        (151, 50),
        (337, 112),
    ),
)
"""Small primes, each with how many powers of 65537 there are modulo it; those first that let the fewest others pass."""
_PRODUCT: Final = prod(prime for prime, _ in _SUBGROUPS)


def has_roca_fingerprint(modulus: int) -> bool:
    """Tell whether an RSA modulus of 992 bits or more was made by the flawed generator.

    An ordinary modulus is told by its first or second remainder.
    """
    # One long division in place of 22; what is left has 161 bits at most.
    rest = modulus % _PRODUCT
    # The group modulo a prime is cyclic: its powers of 65537 are exactly the roots of x^order = 1.
    return all(pow(rest, order, prime) == 1 for prime, order in _SUBGROUPS)
