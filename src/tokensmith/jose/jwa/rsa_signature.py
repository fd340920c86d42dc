"""RS* (RSASSA-PKCS1-v1_5) and PS* (RSASSA-PSS), 2048 to 16384 bits (RFC 7518 §3.3, §3.5).

Both families take the same keys, so nothing but the algorithm a key is bound to keeps an RS256 signature from being
asked for with a PS256 key.
"""

from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import HashAlgorithm

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    Prepare,
    SignatureAlgorithm,
    SignatureOperations,
    VerifyBytes,
    key_type_mismatch,
)
from tokensmith.jose.jwa.hashing import SHA2
from tokensmith.jose.jwa.roca import has_roca_fingerprint

MIN_MODULUS_BITS: Final = 2048
MAX_MODULUS_BITS: Final = 16_384
# OpenSSL's own ceiling for moduli above 3072 bits; a longer exponent only buys an attacker our time.
MAX_EXPONENT_BITS: Final = 64


def check_public_numbers(*, modulus: int, exponent: int) -> None:
    """Refuse an RSA public key that is too small or too badly made to be safe, or too large for bounded time.

    Args:
        modulus: n, odd, 2048 to 16384 bits (RFC 7518 §3.3, §3.5 give the floor).
        exponent: e, odd, above 2, at most 64 bits. With e = 1 the signature is the padded hash itself.

    Raises:
        KeyMaterialError: One of them is outside, or the modulus has the fingerprint of a generator whose keys can be
            factored ("weak_key", "oversized_key").
    """
    bits = modulus.bit_length()
    if bits < MIN_MODULUS_BITS:
        raise KeyMaterialError(f"The RSA key has {bits} bits; {MIN_MODULUS_BITS} are the least.", code="weak_key")
    if modulus % 2 == 0:
        raise KeyMaterialError("The RSA modulus is even.", code="weak_key")
    if exponent <= 2 or exponent % 2 == 0:
        raise KeyMaterialError("The RSA public exponent is not an odd number above 2.", code="weak_key")
    if bits > MAX_MODULUS_BITS or exponent.bit_length() > MAX_EXPONENT_BITS:
        raise KeyMaterialError("The RSA key is too large to be used in bounded time.", code="oversized_key")
    if has_roca_fingerprint(modulus):
        raise KeyMaterialError("The RSA key was made by a flawed generator (CVE-2017-15361).", code="weak_key")


def _prepare_pkcs1(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    return _prepare(algorithm, key, PKCS1v15())


def _prepare_pss(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    # RFC 7518 §3.5: MGF1 with the same hash, and a salt exactly as long as the hash, for signing and for verifying.
    hash_algorithm = SHA2[algorithm.hash_bits]
    return _prepare(algorithm, key, PSS(mgf=MGF1(hash_algorithm), salt_length=hash_algorithm.digest_size))


def _prepare(algorithm: SignatureAlgorithm, key: KeyObject, padding: AsymmetricPadding) -> SignatureOperations:
    if not isinstance(key, RSAPrivateKey | RSAPublicKey):
        raise key_type_mismatch(algorithm)
    public = key.public_key() if isinstance(key, RSAPrivateKey) else key
    numbers = public.public_numbers()
    check_public_numbers(modulus=numbers.n, exponent=numbers.e)
    hash_algorithm = SHA2[algorithm.hash_bits]
    verify = _prepare_verify(public, padding, hash_algorithm)
    if isinstance(key, RSAPublicKey):
        return SignatureOperations(None, verify)

    def sign(signing_input: bytes) -> bytes:
        return key.sign(signing_input, padding, hash_algorithm)

    return SignatureOperations(sign, verify)


def _prepare_verify(public: RSAPublicKey, padding: AsymmetricPadding, hash_algorithm: HashAlgorithm) -> VerifyBytes:
    size = (public.key_size + 7) // 8
    check = public.verify

    def verify(signature: bytes, signing_input: bytes) -> bool:
        # RFC 8017 §8.1.2 and §8.2.2, step 1: as many octets as the modulus, no more and no fewer.
        if len(signature) != size:
            return False
        try:
            check(signature, signing_input, padding, hash_algorithm)
        except InvalidSignature:
            return False
        return True

    return verify


def _describe(name: str, hash_bits: Literal[256, 384, 512], prepare: Prepare) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=name,
        key_type="RSA",
        hash_bits=hash_bits,
        min_key_bits=MIN_MODULUS_BITS,
        signature_bytes=None,
        prepare=prepare,
    )


RS256: Final = _describe("RS256", 256, _prepare_pkcs1)
RS384: Final = _describe("RS384", 384, _prepare_pkcs1)
RS512: Final = _describe("RS512", 512, _prepare_pkcs1)
PS256: Final = _describe("PS256", 256, _prepare_pss)
PS384: Final = _describe("PS384", 384, _prepare_pss)
PS512: Final = _describe("PS512", 512, _prepare_pss)
