"""Every algorithm there is, by name (RFC 7518 §3.1, §4.1, §5.1, RFC 8037 §3, RFC 8812 §3.2, RFC 9864, RFC 9964).

Those of HPKE are of a draft yet (draft-ietf-jose-hpke-encrypt-20). No other file lists them. There is no way to add to
the tables at run time, and neither "none" (RFC 7518 §3.6) nor "RSA1_5" (§4.2) is in them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.aes_cbc_hmac import A128CBC_HS256, A192CBC_HS384, A256CBC_HS512
from tokensmith.jose.jwa.aes_gcm import A128GCM, A192GCM, A256GCM
from tokensmith.jose.jwa.aes_key_wrap import A128GCMKW, A128KW, A192GCMKW, A192KW, A256GCMKW, A256KW
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.direct import DIR, DIR_OF_ENC
from tokensmith.jose.jwa.ecdh_es import ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A192KW, ECDH_ES_A256KW
from tokensmith.jose.jwa.ecdsa import ES256, ES256K, ES384, ES512
from tokensmith.jose.jwa.eddsa import ED448, ED25519, EDDSA
from tokensmith.jose.jwa.hmac_sha2 import HS256, HS384, HS512
from tokensmith.jose.jwa.hpke import HPKE_INTEGRATED, HPKE_KEY_ENCRYPTION
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm
from tokensmith.jose.jwa.ml_dsa import ML_DSA_44, ML_DSA_65, ML_DSA_87
from tokensmith.jose.jwa.pbes2 import PBES2_HS256_A128KW, PBES2_HS384_A192KW, PBES2_HS512_A256KW
from tokensmith.jose.jwa.rsa_oaep import RSA_OAEP, RSA_OAEP_256, RSA_OAEP_384, RSA_OAEP_512
from tokensmith.jose.jwa.rsa_signature import PS256, PS384, PS512, RS256, RS384, RS512

_Described = TypeVar("_Described")

_SIGNATURE: Final = (
    *(HS256, HS384, HS512),
    *(RS256, RS384, RS512),
    *(PS256, PS384, PS512),
    *(ES256, ES384, ES512, ES256K),
    *(ED25519, ED448, EDDSA),
    *(ML_DSA_44, ML_DSA_65, ML_DSA_87),
)
_KEY_MANAGEMENT: Final = (
    *(RSA_OAEP, RSA_OAEP_256, RSA_OAEP_384, RSA_OAEP_512),
    *(A128KW, A192KW, A256KW),
    *(A128GCMKW, A192GCMKW, A256GCMKW),
    DIR,
    *(ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A192KW, ECDH_ES_A256KW),
    *(PBES2_HS256_A128KW, PBES2_HS384_A192KW, PBES2_HS512_A256KW),
    *HPKE_INTEGRATED,
    *HPKE_KEY_ENCRYPTION,
)
_CONTENT_ENCRYPTION: Final = (A128GCM, A192GCM, A256GCM, A128CBC_HS256, A192CBC_HS384, A256CBC_HS512)

SIGNATURE_ALGORITHMS: Final[Mapping[str, SignatureAlgorithm]] = MappingProxyType(
    {each.name: each for each in _SIGNATURE}
)

KEY_MANAGEMENT_ALGORITHMS: Final[Mapping[str, KeyManagementAlgorithm]] = MappingProxyType(
    {each.name: each for each in _KEY_MANAGEMENT}
)
CONTENT_ENCRYPTIONS: Final[Mapping[str, ContentEncryption]] = MappingProxyType(
    {each.name: each for each in _CONTENT_ENCRYPTION}
)

PASSWORD_ALGORITHMS: Final = (PBES2_HS256_A128KW.name, PBES2_HS384_A192KW.name, PBES2_HS512_A256KW.name)
"""The names of those whose key is a password."""

KEY_ALGORITHMS: Final[Mapping[str, SignatureAlgorithm | KeyManagementAlgorithm]] = MappingProxyType(
    {**SIGNATURE_ALGORITHMS, **KEY_MANAGEMENT_ALGORITHMS, **DIR_OF_ENC}
)
"""What a key can be bound to, by the "alg" of its JWK; the name of a content encryption there means "dir" for it."""

SIGNATURE_OF_CURVE: Final[Mapping[str, SignatureAlgorithm]] = MappingProxyType(
    {each.curves[0]: each for each in _SIGNATURE if len(each.curves) == 1}
)
"""The one algorithm that a curve settles by itself; that is never the name EdDSA, which settles no curve."""


def signature(name: str) -> SignatureAlgorithm:
    """Look up a signature or MAC algorithm by the exact, case-sensitive value of "alg" (RFC 7515 §4.1.1).

    Raises:
        KeyMaterialError: There is none of this name ("unsupported_algorithm"); "none" and "hs256" are such names.
    """
    return _look_up(SIGNATURE_ALGORITHMS, name)


def key_management(name: str) -> KeyManagementAlgorithm:
    """Look up a key management algorithm by the exact value of "alg" (RFC 7516 §4.1.1); raises as `signature`."""
    return _look_up(KEY_MANAGEMENT_ALGORITHMS, name)


def content_encryption(name: str) -> ContentEncryption:
    """Look up a content encryption by the exact value of "enc" (RFC 7516 §4.1.2); raises as `signature`."""
    return _look_up(CONTENT_ENCRYPTIONS, name)


def key_algorithm(name: str) -> SignatureAlgorithm | KeyManagementAlgorithm:
    """Look up what a key is bound to by the exact value of its "alg" (RFC 7517 §4.4); raises as `signature`."""
    return _look_up(KEY_ALGORITHMS, name)


def _look_up(table: Mapping[str, _Described], name: str) -> _Described:
    found = table.get(name)
    if found is None:
        raise KeyMaterialError(
            "The algorithm is not supported.", code="unsupported_algorithm", detail=f"alg={name[:64]!r}"
        )
    return found
