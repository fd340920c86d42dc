"""Keys as PEM and DER, in and out (RFC 7468, RFC 5208, RFC 5280, RFC 5915, RFC 8017 §A.1), and OpenSSH's own forms.

A file holds exactly one key. The X.509 certificate is a wrapper here: its key is taken, its validity is not looked at.
"""

import binascii
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_private_key,
    load_ssh_public_key,
)
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate
from cryptography.x509.oid import PublicKeyAlgorithmOID

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.curves import CURVE_NAMES
from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    LatticePrivateKey,
    LatticePublicKey,
    PrivateKeyObject,
    PublicKeyObject,
    SignatureAlgorithm,
)
from tokensmith.jose.jwa.ml_dsa import parameter_set_of
from tokensmith.jose.jwa.rsa_signature import PS256, PS384, PS512
from tokensmith.jose.jwa.tables import signature
from tokensmith.jose.jwk.export import public_half
from tokensmith.jose.jwk.members import malformed
from tokensmith.jose.jwk.parse import KeyParts, algorithm_of_curve, requested

Password = bytes | None
_Loader = Callable[[bytes, Password], object]

_MAX_OCTETS: Final = 65_536
_PSS_IDENTIFIER: Final = bytes.fromhex("06092a864886f70d01010a")
_LABEL: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
# OpenSSL's own encryption (RFC 1421 §4.6.1.3). The primitive panics, past every except, on an initial vector cut short.
_ENCRYPTION_HEADER: Final = re.compile(
    rb"^DEK-Info: (?:AES-(?:128|192|256)-CBC,[0-9A-F]{32}|DES-EDE3-CBC,[0-9A-F]{16})\r?$", re.MULTILINE
)
_SSH_PUBLIC: Final = (b"ssh-", b"ecdsa-sha2-")


def _public(load: Callable[[bytes], object]) -> _Loader:
    def load_public(data: bytes, password: Password) -> object:
        if password is not None:
            raise TypeError("a public key takes no password")
        return load(data)

    return load_public


_LOADERS: Final[Mapping[bytes, _Loader]] = MappingProxyType(
    {
        b"PRIVATE KEY": load_pem_private_key,
        b"ENCRYPTED PRIVATE KEY": load_pem_private_key,
        b"RSA PRIVATE KEY": load_pem_private_key,
        b"EC PRIVATE KEY": load_pem_private_key,
        b"OPENSSH PRIVATE KEY": load_ssh_private_key,
        b"PUBLIC KEY": _public(load_pem_public_key),
        b"RSA PUBLIC KEY": _public(load_pem_public_key),
        b"CERTIFICATE": _public(load_pem_x509_certificate),
    }
)
"""From the label of a PEM block to what reads it. "EC PARAMETERS" is not here: OpenSSL writes it before the key."""


def parse_pem(data: bytes, *, alg: str | None, password: Password, kid: str | None) -> KeyParts:
    """Read the one key in a PEM text or an OpenSSH public-key line.

    Raises:
        KeyMaterialError: There is no key, more than one, or one that cannot be read ("malformed_key"); the password is
            missing or too many ("password"); or we have no algorithm for such keys ("unsupported_key").
        ValueError: *alg* is no algorithm of ours.
    """
    _check_size(data)
    if data.lstrip().startswith(_SSH_PUBLIC):
        loaded = _load(_public(load_ssh_public_key), data.strip(), password)
        return _parts(loaded, alg=alg, kid=kid, is_pss_only=False)
    label, block = _only_block(data)
    loaded = _load(_LOADERS[label], block, password)
    return _parts(loaded, alg=alg, kid=kid, is_pss_only=_names_pss(_armoured(block)))


def parse_der(data: bytes, *, alg: str | None, password: Password, kid: str | None) -> KeyParts:
    """Read a key from PKCS#8, PKCS#1, SEC 1, SPKI or X.509 DER; raises as `parse_pem`."""
    _check_size(data)
    return _parts(_load_der(data, password), alg=alg, kid=kid, is_pss_only=_names_pss(data))


def write_public(key: KeyObject, *, encoding: Encoding) -> bytes:
    """Spell the public half as SubjectPublicKeyInfo (RFC 7468 §13)."""
    return public_half(key).public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def write_private(key: KeyObject, *, encoding: Encoding, password: Password = None) -> bytes:
    """Spell a private key as PKCS#8 (RFC 7468 §10, §11), encrypted where a password is given.

    Raises:
        KeyMaterialError: The key has no private half ("not_private") or is a shared secret ("symmetric_key").
        ValueError: The password is empty, or too long for the primitive.
    """
    if isinstance(key, PrivateKeyObject):
        protection: KeySerializationEncryption = (
            NoEncryption() if password is None else BestAvailableEncryption(password)
        )
        return key.private_bytes(encoding, PrivateFormat.PKCS8, protection)
    public_half(key)
    raise KeyMaterialError("The key has no private half.", code="not_private")


def _check_size(data: bytes) -> None:
    if len(data) > _MAX_OCTETS:
        raise KeyMaterialError("The key file is too large.", code="oversized_key", detail=f"octets={len(data)}")


def _only_block(data: bytes) -> tuple[bytes, bytes]:
    found = [match for match in _LABEL.finditer(data) if match[1] != b"EC PARAMETERS"]
    if len(found) != 1:
        raise malformed("The PEM text does not hold exactly one key.", detail=f"blocks={len(found)}")
    label = found[0][1]
    if label not in _LOADERS:
        raise _unsupported()
    block = data[found[0].start() :]
    if block.count(b"DEK-Info") != len(_ENCRYPTION_HEADER.findall(block)):
        raise malformed("The encryption header of the PEM text is malformed.")
    return label, block


def _load(load: _Loader, data: bytes, password: Password) -> object:
    try:
        return load(data, password)
    except TypeError:
        # The primitive's way to say that a password is missing, or given for what is not encrypted.
        needed = "needs a" if password is None else "takes no"
        raise KeyMaterialError(f"The key {needed} password.", code="password") from None
    except (UnsupportedAlgorithm, NotImplementedError) as error:
        raise _unsupported(detail=str(error)[:200]) from None
    # The parsers raise more kinds than they document, InvalidVersion for one; whichever it is, this is no key.
    except Exception:  # noqa: BLE001
        raise malformed("The key cannot be read, or the password is wrong.") from None


def _load_der(data: bytes, password: Password) -> object:
    try:
        return _load(load_der_private_key, data, password)
    except KeyMaterialError as error:
        if error.code != "malformed_key" or password is not None:
            raise
    try:
        return _load(_public(load_der_public_key), data, None)
    except KeyMaterialError as error:
        if error.code != "malformed_key":
            raise
    return _load(_public(load_der_x509_certificate), data, None)


def _parts(loaded: object, *, alg: str | None, kid: str | None, is_pss_only: bool) -> KeyParts:
    if isinstance(loaded, Certificate):
        is_pss_only = loaded.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS
        loaded = _load(_public(_certified_key(loaded)), b"", None)
    key_object = _supported(loaded)
    algorithm = _own_algorithm(key_object) if alg is None else requested(alg)
    if is_pss_only and algorithm not in (PS256, PS384, PS512):
        raise KeyMaterialError("The key is for RSASSA-PSS alone.", code="algorithm_mismatch")
    return KeyParts(key_object=key_object, algorithm=algorithm, kid=kid)


def _own_algorithm(key: KeyObject) -> SignatureAlgorithm:
    if isinstance(key, LatticePrivateKey | LatticePublicKey):
        return signature(parameter_set_of(key).name)
    curve: str | None = None
    if isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        curve = CURVE_NAMES[key.curve.name]
    elif isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        curve = "Ed25519"
    elif isinstance(key, Ed448PrivateKey | Ed448PublicKey):
        curve = "Ed448"
    return algorithm_of_curve(curve)


def _certified_key(certificate: Certificate) -> Callable[[bytes], object]:
    return lambda _: certificate.public_key()


def _armoured(block: bytes) -> bytes:
    """Decode what stands between the two lines of a block; empty where it is not plain base64, as if encrypted."""
    try:
        return binascii.a2b_base64(block.split(b"-----")[2])
    except binascii.Error:
        return b""


def _names_pss(der: bytes) -> bool:
    """Tell whether a bare key says that RSASSA-PSS is the one thing it is for (RFC 4055 §1.2).

    The primitive drops that restriction when it loads the key, so it is read from the octets; encryption hides it.
    """
    return _PSS_IDENTIFIER in der


def _supported(loaded: object) -> KeyObject:
    if isinstance(loaded, EllipticCurvePrivateKey | EllipticCurvePublicKey) and loaded.curve.name not in CURVE_NAMES:
        raise _unsupported()
    if not isinstance(loaded, PrivateKeyObject | PublicKeyObject):
        raise _unsupported()
    return loaded


def _unsupported(*, detail: str = "") -> KeyMaterialError:
    return KeyMaterialError("The kind of key is not supported.", code="unsupported_key", detail=detail)
