"""The algorithm "dir": the shared secret is the content key (RFC 7518 §4.5).

Such a key is for one content encryption, not for all of its size: a key that served AES-GCM and, cut in two, AES-CBC
with HMAC would be one key for two algorithms (RFC 8725 §3.1). Four of the five sizes settle it; 32 octets do not.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.aes_cbc_hmac import A128CBC_HS256, A192CBC_HS384, A256CBC_HS512
from tokensmith.jose.jwa.aes_gcm import A128GCM, A192GCM, A256GCM
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.descriptor import KeyObject
from tokensmith.jose.jwa.key_management import (
    KeyManagementAlgorithm,
    KeyManagementOperations,
    Parameters,
    WrappedKey,
    key_mismatch,
)


def _prepare(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
    own = algorithm.content_encryption
    if not isinstance(key, bytes) or own is None or len(key) != own.key_bytes:
        raise key_mismatch(algorithm)

    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
        _check_enc(own, enc)
        return WrappedKey(content_key=key)

    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:  # noqa: ARG001
        _check_enc(own, enc)
        return key

    return KeyManagementOperations("oct", wrap, unwrap)


def _check_enc(own: ContentEncryption, enc: ContentEncryption) -> None:
    if enc.name != own.name:
        raise KeyMaterialError(f"The key is for {own.name} alone.", code="algorithm_mismatch")


def _describe(content_encryption: ContentEncryption | None) -> KeyManagementAlgorithm:
    return KeyManagementAlgorithm(
        name="dir",
        key_types=("oct",),
        key_bytes=None if content_encryption is None else content_encryption.key_bytes,
        content_encryption=content_encryption,
        is_direct=True,
        wrapping=frozenset({"encrypt"}),
        unwrapping=frozenset({"decrypt"}),
        prepare=_prepare,
    )


_Algorithm = TypeVar("_Algorithm")

DIR: Final = _describe(None)
"""The name alone; `settle` makes one of the others of it."""
DIR_OF_ENC: Final[Mapping[str, KeyManagementAlgorithm]] = MappingProxyType(
    {each.name: _describe(each) for each in (A128GCM, A192GCM, A256GCM, A128CBC_HS256, A192CBC_HS384, A256CBC_HS512)}
)
"""From the value of "enc" to "dir" for that one."""


def settle(algorithm: _Algorithm, key: KeyObject) -> _Algorithm | KeyManagementAlgorithm:
    """Narrow "dir" to the content encryption that the size of the secret settles; leave other algorithms alone.

    Raises:
        KeyMaterialError: Two content encryptions have keys of this size ("algorithm_required"), or none has, or it is
            no secret ("algorithm_mismatch").
    """
    if algorithm is not DIR:
        return algorithm
    fitting = [each for each in DIR_OF_ENC.values() if isinstance(key, bytes) and each.key_bytes == len(key)]
    if not fitting:
        raise key_mismatch(algorithm)
    if len(fitting) > 1:
        names = " or ".join(each.stated for each in fitting)
        raise KeyMaterialError(f"The key does not say its content encryption; alg={names}.", code="algorithm_required")
    return fitting[0]
