"""HPKE-0 to HPKE-7, also with "-KE": Hybrid Public Key Encryption in base mode (RFC 9180 §4, §5.1.1).

Those of the plain names encrypt the plaintext itself, those with "-KE" a content key (draft-ietf-jose-hpke-encrypt-20
§5, §6). `cryptography` has HPKE, too, but lets nobody say the additional data that the former cannot do without; so the
schedule of keys is written out, over its key agreement, HKDF and AEAD. A pre-shared key is never a part of it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.content_encryption import ContentEncryption, EncryptedContent, cannot_decrypt
from tokensmith.jose.jwa.descriptor import KeyObject, KeyType
from tokensmith.jose.jwa.ecdh_es import (
    AgreementPrivateKey,
    AgreementPublicKey,
    agree,
    curve_of,
    make_ephemeral,
    refuse_small_order,
)
from tokensmith.jose.jwa.key_management import (
    KeyManagementAlgorithm,
    KeyManagementOperations,
    Parameters,
    Prepare,
    UnwrapKey,
    WrapKey,
    WrappedKey,
    key_mismatch,
)

DRAFT: Final = "draft-ietf-jose-hpke-encrypt-20"
"""What a program says to use these algorithms; a later version that differs has another name."""

_NONCE_BYTES: Final = 12
_BASE_MODE: Final = b"\x00"


class Kem(msgspec.Struct, frozen=True, kw_only=True):
    """A key encapsulation mechanism of RFC 9180 §7.1, with the KDF of §7.2 that all of our suites have beside it."""

    curve: str
    number: int
    public_octets: int
    """Length of a public key, and so of what is sent."""
    kdf_number: int
    hash: HashAlgorithm
    """The hash of both."""


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """One ciphersuite, by the numbers of RFC 9180 §7."""

    name: str
    """The value of "alg" for integrated encryption."""
    kem: Kem
    aead_number: int
    aead: type[AESGCM | ChaCha20Poly1305]
    key_bytes: int

    @property
    def kem_label(self) -> bytes:
        """What sets the derivations of the KEM apart from others (RFC 9180 §4.1)."""
        return b"KEM" + self.kem.number.to_bytes(2, "big")

    @property
    def label(self) -> bytes:
        """What sets the derivations of this suite apart from others (RFC 9180 §5.1)."""
        numbers = (self.kem.number, self.kem.kdf_number, self.aead_number)
        return b"HPKE" + b"".join(each.to_bytes(2, "big") for each in numbers)


_P_256: Final = Kem(curve="P-256", number=0x0010, public_octets=65, kdf_number=1, hash=SHA256())
_P_384: Final = Kem(curve="P-384", number=0x0011, public_octets=97, kdf_number=2, hash=SHA384())
_P_521: Final = Kem(curve="P-521", number=0x0012, public_octets=133, kdf_number=3, hash=SHA512())
_X25519: Final = Kem(curve="X25519", number=0x0020, public_octets=32, kdf_number=1, hash=SHA256())
_X448: Final = Kem(curve="X448", number=0x0021, public_octets=56, kdf_number=3, hash=SHA512())

# draft-ietf-jose-hpke-encrypt-20, Table 1.
_ALL: Final = (
    Suite(name="HPKE-0", kem=_P_256, aead_number=1, aead=AESGCM, key_bytes=16),
    Suite(name="HPKE-1", kem=_P_384, aead_number=2, aead=AESGCM, key_bytes=32),
    Suite(name="HPKE-2", kem=_P_521, aead_number=2, aead=AESGCM, key_bytes=32),
    Suite(name="HPKE-3", kem=_X25519, aead_number=1, aead=AESGCM, key_bytes=16),
    Suite(name="HPKE-4", kem=_X25519, aead_number=3, aead=ChaCha20Poly1305, key_bytes=32),
    Suite(name="HPKE-5", kem=_X448, aead_number=2, aead=AESGCM, key_bytes=32),
    Suite(name="HPKE-6", kem=_X448, aead_number=3, aead=ChaCha20Poly1305, key_bytes=32),
    Suite(name="HPKE-7", kem=_P_256, aead_number=2, aead=AESGCM, key_bytes=32),
)
SUITES: Final[Mapping[str, Suite]] = MappingProxyType({each.name: each for each in _ALL})


def encapsulate(suite: Suite, public: AgreementPublicKey) -> tuple[bytes, bytes]:
    """Make a secret that the holder of the private key can find, and what to send for it (RFC 9180 §4.1, Encap)."""
    ephemeral = make_ephemeral(public)
    sent = _write_public(ephemeral.public_key())
    return sent, _shared_secret(suite, agree(ephemeral, public), context=sent + _write_public(public))


def decapsulate(suite: Suite, sent: bytes, private: AgreementPrivateKey) -> bytes:
    """Find the secret for what was sent (RFC 9180 §4.1, Decap).

    Raises:
        DecryptionError: It is no public key in the one spelling of this KEM, or leads to a secret of zeros.
    """
    agreed = agree(private, _read_public(suite, sent, private=private))
    return _shared_secret(suite, agreed, context=sent + _write_public(private.public_key()))


def schedule(suite: Suite, secret: bytes, *, info: bytes) -> bytes:
    """Derive what encrypts one message: the key, then its nonce (RFC 9180 §5.1, KeySchedule in base mode)."""
    digests = (_extract(suite, name, value, salt=b"") for name, value in ((b"psk_id_hash", b""), (b"info_hash", info)))
    context = _BASE_MODE + b"".join(digests)
    exporter = _extract(suite, b"secret", b"", salt=secret)
    lengths = ((b"key", suite.key_bytes), (b"base_nonce", _NONCE_BYTES))
    return b"".join(_expand(suite, name, exporter, info=context, length=length) for name, length in lengths)


def _shared_secret(suite: Suite, agreed: bytes, *, context: bytes) -> bytes:
    label, length = suite.kem_label, suite.kem.hash.digest_size
    extracted = _extract(suite, b"eae_prk", agreed, salt=b"", label=label)
    return _expand(suite, b"shared_secret", extracted, info=context, length=length, label=label)


def _extract(suite: Suite, name: bytes, value: bytes, *, salt: bytes, label: bytes | None = None) -> bytes:
    """LabeledExtract of RFC 9180 §4, for the whole suite unless *label* says otherwise."""
    return HKDF.extract(suite.kem.hash, salt, b"HPKE-v1" + (label or suite.label) + name + value)


def _expand(suite: Suite, name: bytes, secret: bytes, *, info: bytes, length: int, label: bytes | None = None) -> bytes:
    """LabeledExpand of RFC 9180 §4, for the whole suite unless *label* says otherwise."""
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + (label or suite.label) + name + info
    return HKDFExpand(suite.kem.hash, length, labelled).derive(secret)


def _write_public(public: AgreementPublicKey) -> bytes:
    if isinstance(public, EllipticCurvePublicKey):
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return public.public_bytes_raw()


def _read_public(suite: Suite, sent: bytes, *, private: AgreementPrivateKey) -> AgreementPublicKey:
    try:
        if isinstance(private, X25519PrivateKey):
            return X25519PublicKey.from_public_bytes(sent)
        if not isinstance(private, EllipticCurvePrivateKey):
            return X448PublicKey.from_public_bytes(sent)
        # RFC 9180 §7.1.1: uncompressed; the primitive library would also read a compressed point, which is shorter.
        if len(sent) == suite.kem.public_octets:
            return EllipticCurvePublicKey.from_encoded_point(private.curve, sent)
    except ValueError:
        raise cannot_decrypt() from None
    raise cannot_decrypt()


def _encrypt(suite: Suite, key_and_nonce: bytes, plaintext: bytes, *, aad: bytes) -> bytes:
    key, nonce = key_and_nonce[: suite.key_bytes], key_and_nonce[suite.key_bytes :]
    return suite.aead(key).encrypt(nonce, plaintext, aad)


def _decrypt(suite: Suite, key_and_nonce: bytes, ciphertext: bytes, *, aad: bytes) -> bytes:
    key, nonce = key_and_nonce[: suite.key_bytes], key_and_nonce[suite.key_bytes :]
    try:
        return suite.aead(key).decrypt(nonce, ciphertext, aad)
    except InvalidTag:
        raise cannot_decrypt() from None


def _prepare_with(suite: Suite, *, is_integrated: bool) -> Prepare:
    def prepare(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
        if not isinstance(key, AgreementPrivateKey | AgreementPublicKey) or curve_of(key) != suite.kem.curve:
            raise key_mismatch(algorithm)
        public = key.public_key() if isinstance(key, AgreementPrivateKey) else key
        if isinstance(public, X25519PublicKey | X448PublicKey):
            refuse_small_order(public)
        wrap = _send_secret(suite, public) if is_integrated else _wrap(suite, public)
        unwrap: UnwrapKey | None = None
        if isinstance(key, AgreementPrivateKey):
            unwrap = _find_secret(suite, key) if is_integrated else _unwrap(suite, key)
        return KeyManagementOperations(algorithm.key_types[0], wrap, unwrap)

    return prepare


def _send_secret(suite: Suite, public: AgreementPublicKey) -> WrapKey:
    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
        _check_enc(suite, enc)
        sent, secret = encapsulate(suite, public)
        return WrappedKey(content_key=schedule(suite, secret, info=b""), encrypted_key=sent)

    return wrap


def _find_secret(suite: Suite, private: AgreementPrivateKey) -> UnwrapKey:
    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:  # noqa: ARG001
        _check_enc(suite, enc)
        return schedule(suite, decapsulate(suite, encrypted_key, private), info=b"")

    return unwrap


def _check_enc(suite: Suite, enc: ContentEncryption) -> None:
    if enc.name != suite.name:
        raise KeyMaterialError(f"The key is for {suite.name} alone.", code="algorithm_mismatch")


def _wrap(suite: Suite, public: AgreementPublicKey) -> WrapKey:
    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
        sent, secret = encapsulate(suite, public)
        encrypted_key = _encrypt(suite, schedule(suite, secret, info=recipient_info(enc)), content_key, aad=b"")
        return WrappedKey(
            content_key=content_key, encrypted_key=encrypted_key, parameters=Parameters(encapsulated_secret=sent)
        )

    return wrap


def _unwrap(suite: Suite, private: AgreementPrivateKey) -> UnwrapKey:
    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:
        secret = decapsulate(suite, parameters.encapsulated_secret, private)
        content_key = _decrypt(suite, schedule(suite, secret, info=recipient_info(enc)), encrypted_key, aad=b"")
        # What a sender encrypted is not yet of the right length (RFC 7516 §5.2, step 9).
        if len(content_key) != enc.key_bytes:
            raise cannot_decrypt()
        return content_key

    return unwrap


def recipient_info(enc: ContentEncryption) -> bytes:
    """Bind an encrypted content key to what it is for: the draft's Recipient_structure (§6.1)."""
    return b"JOSE-HPKE rcpt\xff" + enc.name.encode("ascii") + b"\xff"


def _integrated(suite: Suite) -> ContentEncryption:
    """Spell the one message of an HPKE context as a content encryption, whose key has its nonce behind it."""

    def encrypt(key: bytes, *, iv: bytes, plaintext: bytes, aad: bytes) -> EncryptedContent:
        return EncryptedContent(iv=iv, ciphertext=_encrypt(suite, key, plaintext, aad=aad), tag=b"")

    def decrypt(key: bytes, *, content: EncryptedContent, aad: bytes) -> bytes:
        # §5 of the draft: both "MUST be the empty octet sequence"; nothing covers them.
        if content.iv or content.tag:
            raise cannot_decrypt()
        return _decrypt(suite, key, content.ciphertext, aad=aad)

    return ContentEncryption(
        name=suite.name, key_bytes=suite.key_bytes + _NONCE_BYTES, iv_bytes=0, encrypt=encrypt, decrypt=decrypt
    )


def _describe(suite: Suite, *, is_integrated: bool) -> KeyManagementAlgorithm:
    key_type: KeyType = "OKP" if suite.kem.curve.startswith("X") else "EC"
    return KeyManagementAlgorithm(
        name=suite.name if is_integrated else f"{suite.name}-KE",
        key_types=(key_type,),
        curves=(suite.kem.curve,),
        integrated=_integrated(suite) if is_integrated else None,
        draft=DRAFT,
        parameters=() if is_integrated else ("ek",),
        wrapping=frozenset({"encrypt" if is_integrated else "wrapKey"}),
        unwrapping=frozenset({"decrypt" if is_integrated else "unwrapKey"}),
        prepare=_prepare_with(suite, is_integrated=is_integrated),
    )


HPKE_INTEGRATED: Final = tuple(_describe(suite, is_integrated=True) for suite in _ALL)
"""HPKE-0 and its like: the plaintext itself is encrypted."""
HPKE_KEY_ENCRYPTION: Final = tuple(_describe(suite, is_integrated=False) for suite in _ALL)
"""HPKE-0-KE and its like: a content key is encrypted."""
