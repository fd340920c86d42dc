"""What a key may do, made ready once: its algorithm decides what it can do, "key_ops" what it may (RFC 7517 §4.3).

What it may not do is a function that raises, so the fast path of a verification asks nothing.
"""

from typing import Never

import msgspec

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.descriptor import KeyType, SignatureAlgorithm, SignBytes, VerifyBytes
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm, Parameters, UnwrapKey, WrapKey
from tokensmith.jose.jwk.parse import KeyParts
from tokensmith.jose.jwk.usage import check_encryption_usage, check_signature_usage


class KeyOperations(msgspec.Struct, frozen=True, kw_only=True):
    """The operations of one key; those it may not do raise `KeyMaterialError` ("key_operation")."""

    key_type: KeyType
    is_private: bool
    can_sign: bool
    sign_bytes: SignBytes
    verify_bytes: VerifyBytes
    wrap_key: WrapKey
    unwrap_key: UnwrapKey


def prepare_operations(parts: KeyParts) -> KeyOperations:
    """Check that the parts of a key fit together, and make its operations.

    Raises:
        KeyMaterialError: The key does not fit its algorithm, is weak, or is meant for something else.
    """
    if isinstance(parts.algorithm, SignatureAlgorithm):
        return _for_signatures(parts, parts.algorithm)
    return _for_encryption(parts, parts.algorithm)


def _for_signatures(parts: KeyParts, algorithm: SignatureAlgorithm) -> KeyOperations:
    check_signature_usage(parts.use, parts.key_ops)
    ready = algorithm.prepare(algorithm, parts.key_object)
    sign = parts.signer or ready.sign if _may(parts, "sign") else None
    return KeyOperations(
        key_type=algorithm.key_type,
        is_private=ready.sign is not None,
        can_sign=sign is not None,
        sign_bytes=sign or _refuse_to_sign,
        verify_bytes=ready.verify if _may(parts, "verify") else _refuse_to_verify,
        wrap_key=_refuse_to_wrap,
        unwrap_key=_refuse_to_unwrap,
    )


def _for_encryption(parts: KeyParts, algorithm: KeyManagementAlgorithm) -> KeyOperations:
    check_encryption_usage(parts.use, parts.key_ops, algorithm=algorithm)
    ready = algorithm.prepare(algorithm, parts.key_object)
    return KeyOperations(
        key_type=ready.key_type,
        is_private=ready.unwrap is not None,
        can_sign=False,
        sign_bytes=_refuse_to_sign,
        verify_bytes=_refuse_to_verify,
        wrap_key=ready.wrap if _may(parts, *algorithm.wrapping) else _refuse_to_wrap,
        unwrap_key=ready.unwrap
        if ready.unwrap is not None and _may(parts, *algorithm.unwrapping)
        else _refuse_to_unwrap,
    )


def _may(parts: KeyParts, *operations: str) -> bool:
    return parts.key_ops is None or not parts.key_ops.isdisjoint(operations)


def _refuse_to_sign(signing_input: bytes) -> Never:  # noqa: ARG001
    raise KeyMaterialError("The key may not sign.", code="key_operation")


def _refuse_to_verify(signature: bytes, signing_input: bytes) -> Never:  # noqa: ARG001
    raise KeyMaterialError("The key may not verify.", code="key_operation")


def _refuse_to_wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> Never:  # noqa: ARG001
    raise KeyMaterialError("The key may not encrypt.", code="key_operation")


def _refuse_to_unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> Never:  # noqa: ARG001
    raise KeyMaterialError("The key may not decrypt.", code="key_operation")
