"""Every algorithm there is, by name (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2); the only file that lists them all.

There is no way to add to the tables at run time, and "none" (RFC 7518 §3.6) is not in them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.ecdsa import ES256, ES384, ES512
from tokensmith.jose.jwa.eddsa import ED448, ED25519, EDDSA
from tokensmith.jose.jwa.hmac_sha2 import HS256, HS384, HS512
from tokensmith.jose.jwa.rsa_signature import PS256, PS384, PS512, RS256, RS384, RS512

_SIGNATURE: Final = (
    *(HS256, HS384, HS512),
    *(RS256, RS384, RS512),
    *(PS256, PS384, PS512),
    *(ES256, ES384, ES512),
    *(ED25519, ED448, EDDSA),
)

SIGNATURE_ALGORITHMS: Final[Mapping[str, SignatureAlgorithm]] = MappingProxyType(
    {each.name: each for each in _SIGNATURE}
)

SIGNATURE_OF_CURVE: Final[Mapping[str, SignatureAlgorithm]] = MappingProxyType(
    {each.curves[0]: each for each in _SIGNATURE if len(each.curves) == 1}
)
"""The one algorithm that a curve settles by itself; that is never the name EdDSA, which settles no curve."""


def signature(name: str) -> SignatureAlgorithm:
    """Look up a signature or MAC algorithm by the exact, case-sensitive value of "alg" (RFC 7515 §4.1.1).

    Raises:
        KeyMaterialError: There is none of this name ("unsupported_algorithm"); "none" and "hs256" are such names.
    """
    found = SIGNATURE_ALGORITHMS.get(name)
    if found is None:
        raise KeyMaterialError(
            "The algorithm is not supported.", code="unsupported_algorithm", detail=f"alg={name[:64]!r}"
        )
    return found
