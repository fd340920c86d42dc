"""What a key may do, made ready once: its algorithm decides what it can do, "key_ops" what it may (RFC 7517 §4.3).

What it may not do is a function that raises, so the fast path of a verification asks nothing.
"""

from dataclasses import dataclass
from typing import Never

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import SignBytes, VerifyBytes
from tokensmith.jose.jwk.parse import KeyParts
from tokensmith.jose.jwk.usage import check_signature_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOperations:
    """The operations of one key; those it may not do raise `KeyMaterialError` ("key_operation")."""

    is_private: bool
    sign_bytes: SignBytes
    verify_bytes: VerifyBytes


def prepare_operations(parts: KeyParts) -> KeyOperations:
    """Check that the parts of a key fit together, and make its operations.

    Raises:
        KeyMaterialError: The key does not fit its algorithm, is weak, or is meant for something else.
    """
    check_signature_usage(parts.use, parts.key_ops)
    ready = parts.algorithm.prepare(parts.algorithm, parts.key_object)
    return KeyOperations(
        is_private=ready.sign is not None,
        sign_bytes=ready.sign if ready.sign is not None and _may(parts, "sign") else _refuse_to_sign,
        verify_bytes=ready.verify if _may(parts, "verify") else _refuse_to_verify,
    )


def _may(parts: KeyParts, operation: str) -> bool:
    return parts.key_ops is None or operation in parts.key_ops


def _refuse_to_sign(signing_input: bytes) -> Never:  # noqa: ARG001
    raise KeyMaterialError("The key may not sign.", code="key_operation")


def _refuse_to_verify(signature: bytes, signing_input: bytes) -> Never:  # noqa: ARG001
    raise KeyMaterialError("The key may not verify.", code="key_operation")
