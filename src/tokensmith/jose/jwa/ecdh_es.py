"""ECDH-ES, direct and with AES Key Wrap, on P-256, P-384, P-521, X25519 and X448 (RFC 7518 §4.6, RFC 8037 §3.2).

The sender's key is made for one message. The recipient's answers to whoever sends it a point, so the point has to be on
the recipient's curve (that is what makes it a key object), and on X25519 and X448 must not lead to a secret of zeros.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey, X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from tokensmith.jose.errors import DecryptionError, KeyMaterialError
from tokensmith.jose.jwa.aes_key_wrap import unwrap_with
from tokensmith.jose.jwa.content_encryption import ContentEncryption, cannot_decrypt
from tokensmith.jose.jwa.curves import CURVE_NAMES
from tokensmith.jose.jwa.descriptor import KeyObject, KeyType
from tokensmith.jose.jwa.key_management import (
    KeyManagementAlgorithm,
    KeyManagementOperations,
    Parameters,
    UnwrapKey,
    WrapKey,
    WrappedKey,
    key_mismatch,
)

# Octets of the key that wraps; ECDH-ES alone wraps nothing.
_WRAPPING_BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {"ECDH-ES+A128KW": 16, "ECDH-ES+A192KW": 24, "ECDH-ES+A256KW": 32}
)

AgreementPrivateKey = EllipticCurvePrivateKey | X25519PrivateKey | X448PrivateKey
AgreementPublicKey = EllipticCurvePublicKey | X25519PublicKey | X448PublicKey


def agree(private: AgreementPrivateKey, public: AgreementPublicKey) -> bytes:
    """Compute the shared secret Z (RFC 7518 §4.6.2).

    Raises:
        DecryptionError: The two keys are of different curves, or the secret is all zeros (RFC 7748 §6.1, §6.2).
    """
    try:
        if isinstance(private, EllipticCurvePrivateKey) and isinstance(public, EllipticCurvePublicKey):
            return private.exchange(ec.ECDH(), public)
        if isinstance(private, X25519PrivateKey) and isinstance(public, X25519PublicKey):
            return private.exchange(public)
        if isinstance(private, X448PrivateKey) and isinstance(public, X448PublicKey):
            return private.exchange(public)
    except ValueError:
        raise cannot_decrypt() from None
    raise cannot_decrypt()


def derive_key(secret: bytes, *, algorithm_id: str, parameters: Parameters, length: int) -> bytes:
    """Make a key of *length* octets of the shared secret: the Concat KDF with SHA-256 (RFC 7518 §4.6.2)."""
    fields = (algorithm_id.encode("ascii"), parameters.party_u, parameters.party_v)
    other = b"".join(len(each).to_bytes(4, "big") + each for each in fields) + (length * 8).to_bytes(4, "big")
    return ConcatKDFHash(SHA256(), length, other).derive(secret)


def _prepare(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
    if not isinstance(key, AgreementPrivateKey | AgreementPublicKey) or curve_of(key) not in algorithm.curves:
        raise key_mismatch(algorithm)
    unwrap = _unwrap(algorithm, key) if isinstance(key, AgreementPrivateKey) else None
    public = key.public_key() if isinstance(key, AgreementPrivateKey) else key
    if isinstance(public, X25519PublicKey | X448PublicKey):
        refuse_small_order(public)
    key_type: KeyType = "EC" if isinstance(public, EllipticCurvePublicKey) else "OKP"
    return KeyManagementOperations(key_type, _wrap(algorithm, public), unwrap)


def refuse_small_order(public: X25519PublicKey | X448PublicKey) -> None:
    """Refuse a recipient with whom everybody would "agree" on zeros; curves of prime order have no such points."""
    try:
        agree(make_ephemeral(public), public)
    except DecryptionError:
        raise KeyMaterialError("The public key is a point of small order.", code="weak_key") from None


def curve_of(key: AgreementPrivateKey | AgreementPublicKey) -> str:
    """Name the curve of a key as its JWK does."""
    if isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        return CURVE_NAMES[key.curve.name]
    return "X25519" if isinstance(key, X25519PrivateKey | X25519PublicKey) else "X448"


def make_ephemeral(public: AgreementPublicKey) -> AgreementPrivateKey:
    """Make a key on the curve of the recipient's, for one message."""
    if isinstance(public, EllipticCurvePublicKey):
        return ec.generate_private_key(public.curve)
    return X25519PrivateKey.generate() if isinstance(public, X25519PublicKey) else X448PrivateKey.generate()


def _wrap(algorithm: KeyManagementAlgorithm, public: AgreementPublicKey) -> WrapKey:
    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:
        ephemeral = make_ephemeral(public)
        chosen = Parameters(
            ephemeral_key=ephemeral.public_key(), party_u=parameters.party_u, party_v=parameters.party_v
        )
        agreed = _agreed_key(algorithm, agree(ephemeral, public), enc=enc, parameters=chosen)
        if algorithm.is_direct:
            return WrappedKey(content_key=agreed, parameters=chosen)
        encrypted_key = aes_key_wrap(agreed, content_key)
        return WrappedKey(content_key=content_key, encrypted_key=encrypted_key, parameters=chosen)

    return wrap


def _unwrap(algorithm: KeyManagementAlgorithm, private: AgreementPrivateKey) -> UnwrapKey:
    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:
        ephemeral = parameters.ephemeral_key
        if not isinstance(ephemeral, AgreementPublicKey):
            raise cannot_decrypt()
        agreed = _agreed_key(algorithm, agree(private, ephemeral), enc=enc, parameters=parameters)
        return agreed if algorithm.is_direct else unwrap_with(agreed, encrypted_key, enc=enc)

    return unwrap


def _agreed_key(
    algorithm: KeyManagementAlgorithm, secret: bytes, *, enc: ContentEncryption, parameters: Parameters
) -> bytes:
    wrapping_bytes = _WRAPPING_BYTES.get(algorithm.name)
    # RFC 7518 §4.6.2: the agreed key is bound to what it is for, "enc" where it is the content key, else "alg".
    algorithm_id = enc.name if wrapping_bytes is None else algorithm.name
    length = enc.key_bytes if wrapping_bytes is None else wrapping_bytes
    return derive_key(secret, algorithm_id=algorithm_id, parameters=parameters, length=length)


def _describe(name: str) -> KeyManagementAlgorithm:
    return KeyManagementAlgorithm(
        name=name,
        key_types=("EC", "OKP"),
        curves=("P-256", "P-384", "P-521", "X25519", "X448"),
        is_direct=name not in _WRAPPING_BYTES,
        parameters=("epk", "apu", "apv"),
        wrapping=frozenset({"deriveKey", "deriveBits"}),
        unwrapping=frozenset({"deriveKey", "deriveBits"}),
        prepare=_prepare,
    )


ECDH_ES: Final = _describe("ECDH-ES")
ECDH_ES_A128KW: Final = _describe("ECDH-ES+A128KW")
ECDH_ES_A192KW: Final = _describe("ECDH-ES+A192KW")
ECDH_ES_A256KW: Final = _describe("ECDH-ES+A256KW")
