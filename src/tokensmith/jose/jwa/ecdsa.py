"""ES256, ES384, ES512, ES256K: ECDSA with raw r‖s signatures (RFC 7518 §3.4, RFC 8812 §3.2).

JOSE puts r and s side by side, each as long as the curve's order; the primitive wants DER. Everything the DER step
would silently forgive (zero, values at or above the order, another length) is refused before it. Both s and n-s pass,
for ES256K too: the rule of the lower s is Bitcoin's, no JOSE document has it, and signers elsewhere do not follow it.
"""

from typing import Final, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import HashAlgorithm

from tokensmith.jose.jwa.curves import CURVES, P_256, P_384, P_521, SECP256K1, Curve
from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    SignatureAlgorithm,
    SignatureOperations,
    SignBytes,
    VerifyBytes,
    key_type_mismatch,
)
from tokensmith.jose.jwa.ecdsa_der import from_der, to_der
from tokensmith.jose.jwa.hashing import SHA2


def _prepare(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    if not isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        raise key_type_mismatch(algorithm)
    curve = CURVES[algorithm.curves[0]]
    # RFC 7518 §3.4 ties each hash to one curve: ES384 with a P-256 key is no ES384.
    if key.curve.name != curve.implementation.name:
        raise key_type_mismatch(algorithm)
    hash_algorithm = SHA2[algorithm.hash_bits]
    if isinstance(key, EllipticCurvePublicKey):
        return SignatureOperations(None, _prepare_verify(key, curve, hash_algorithm))
    verify = _prepare_verify(key.public_key(), curve, hash_algorithm)
    return SignatureOperations(_prepare_sign(key, curve, hash_algorithm), verify)


def _prepare_sign(key: EllipticCurvePrivateKey, curve: Curve, hash_algorithm: HashAlgorithm) -> SignBytes:
    size = curve.octets
    scheme = _signing_scheme(hash_algorithm)

    def sign(signing_input: bytes) -> bytes:
        return from_der(key.sign(signing_input, scheme), octets=size)

    return sign


def _signing_scheme(hash_algorithm: HashAlgorithm) -> ECDSA:
    """Choose deterministic nonces (RFC 6979) where OpenSSL has them (3.2 and later).

    A weak random source then costs no key, and nothing random is left to leak. Elsewhere OpenSSL hedges its nonces.
    """
    try:
        return ECDSA(hash_algorithm, deterministic_signing=True)
    except UnsupportedAlgorithm:
        return ECDSA(hash_algorithm)


def _prepare_verify(public: EllipticCurvePublicKey, curve: Curve, hash_algorithm: HashAlgorithm) -> VerifyBytes:
    size = curve.octets
    zero, order = bytes(size), curve.order.to_bytes(size, "big")
    both = 2 * size
    scheme = ECDSA(hash_algorithm)
    check = public.verify

    def verify(signature: bytes, signing_input: bytes) -> bool:
        if len(signature) != both:
            return False
        r = signature[:size]
        s = signature[size:]
        # r = s = 0 verified every message in some libraries ("psychic signatures", CVE-2022-21449). Big-endian bytes of
        # one length compare as the numbers do.
        if not (zero < r < order and zero < s < order):
            return False
        try:
            check(to_der(r, s), signing_input, scheme)
        except InvalidSignature:
            return False
        return True

    return verify


def _describe(name: str, curve: Curve, hash_bits: Literal[256, 384, 512]) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=name,
        key_type="EC",
        curves=(curve.name,),
        hash_bits=hash_bits,
        min_key_bits=curve.order.bit_length(),
        signature_bytes=2 * curve.octets,
        prepare=_prepare,
    )


ES256: Final = _describe("ES256", P_256, 256)
ES384: Final = _describe("ES384", P_384, 384)
ES512: Final = _describe("ES512", P_521, 512)
ES256K: Final = _describe("ES256K", SECP256K1, 256)
