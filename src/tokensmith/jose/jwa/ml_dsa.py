"""ML-DSA-44, ML-DSA-65, ML-DSA-87: signatures that stand against quantum computers (RFC 9964, FIPS 204).

The message is signed whole and under the empty context (RFC 9964 §5, §7.2): neither HashML-DSA nor a context is ever
tried. Public keys have 1.3 to 2.6 kB, signatures 2.4 to 4.6 kB; a private key is its seed of 32 octets.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
    MLDSA87PrivateKey,
    MLDSA87PublicKey,
)

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    LatticePrivateKey,
    LatticePublicKey,
    SignatureAlgorithm,
    SignatureOperations,
    VerifyBytes,
    key_type_mismatch,
    verify_of_length,
)

SEED_OCTETS: Final = 32
_Made = TypeVar("_Made")


class ParameterSet(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter set: the types of its keys, and their sizes in octets (FIPS 204, Table 2)."""

    name: str
    """The value of "alg"."""
    private: type[LatticePrivateKey]
    public: type[LatticePublicKey]
    public_octets: int
    signature_octets: int


_ML_DSA_44: Final = ParameterSet(
    name="ML-DSA-44",
    private=MLDSA44PrivateKey,
    public=MLDSA44PublicKey,
    public_octets=1312,
    signature_octets=2420,
)
_ML_DSA_65: Final = ParameterSet(
    name="ML-DSA-65",
    private=MLDSA65PrivateKey,
    public=MLDSA65PublicKey,
    public_octets=1952,
    signature_octets=3309,
)
_ML_DSA_87: Final = ParameterSet(
    name="ML-DSA-87",
    private=MLDSA87PrivateKey,
    public=MLDSA87PublicKey,
    public_octets=2592,
    signature_octets=4627,
)

PARAMETER_SETS: Final[Mapping[str, ParameterSet]] = MappingProxyType(
    {each.name: each for each in (_ML_DSA_44, _ML_DSA_65, _ML_DSA_87)}
)


def parameter_set_of(key: LatticePrivateKey | LatticePublicKey) -> ParameterSet:
    """Tell which parameter set a key belongs to; the key's type says it."""
    return next(each for each in PARAMETER_SETS.values() if isinstance(key, each.private | each.public))


def if_available(make: Callable[[], _Made]) -> _Made:
    """Make a key, where the primitive library has ML-DSA at all.

    Raises:
        KeyMaterialError: `cryptography` was built with an OpenSSL before 3.5 ("unsupported_algorithm").
    """
    try:
        return make()
    except UnsupportedAlgorithm:
        raise KeyMaterialError(
            "This installation of cryptography has no ML-DSA.", code="unsupported_algorithm"
        ) from None


def _prepare(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    chosen = PARAMETER_SETS[algorithm.name]
    if isinstance(key, chosen.public):
        return SignatureOperations(None, _prepare_verify(key, chosen))
    if not isinstance(key, chosen.private):
        raise key_type_mismatch(algorithm)

    def sign(signing_input: bytes) -> bytes:
        return key.sign(signing_input)

    return SignatureOperations(sign, _prepare_verify(key.public_key(), chosen))


def _prepare_verify(public: LatticePublicKey, chosen: ParameterSet) -> VerifyBytes:
    return verify_of_length(public.verify, size=chosen.signature_octets)


def _describe(chosen: ParameterSet) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=chosen.name,
        key_type="AKP",
        hash_bits=None,
        min_key_bits=8 * chosen.public_octets,
        signature_bytes=chosen.signature_octets,
        prepare=_prepare,
    )


ML_DSA_44: Final = _describe(_ML_DSA_44)
ML_DSA_65: Final = _describe(_ML_DSA_65)
ML_DSA_87: Final = _describe(_ML_DSA_87)
