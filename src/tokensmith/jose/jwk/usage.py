"""What a key is for: "use" and "key_ops", and that they do not contradict the algorithm (RFC 7517 §4.2–§4.4).

One key is for signatures or for encryption, never for both (RFC 8725 §2.3, §3.1).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm
from tokensmith.jose.jwk.members import Jwk, malformed

SIGNATURE_OPERATIONS: Final = frozenset({"sign", "verify"})
_ENCRYPTION_OPERATIONS: Final = frozenset({"encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"})
_OPERATIONS_OF_USE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"sig": SIGNATURE_OPERATIONS, "enc": _ENCRYPTION_OPERATIONS}
)
_ALL_OPERATIONS: Final = SIGNATURE_OPERATIONS | _ENCRYPTION_OPERATIONS
_MAX_OPERATIONS: Final = 32


def read_operations(jwk: Jwk) -> frozenset[str] | None:
    """Read "key_ops": an array of different strings, of which we need not know all (RFC 7517 §4.3)."""
    if "key_ops" not in jwk:
        return None
    listed = jwk["key_ops"]
    if not isinstance(listed, list | tuple) or len(listed) > _MAX_OPERATIONS:
        raise malformed('The JWK member "key_ops" is not a short array.')
    operations = frozenset(each for each in listed if isinstance(each, str))
    # RFC 7517 §4.3: "Duplicate key operation values MUST NOT be present in the array."
    if len(operations) != len(listed):
        raise malformed('The JWK member "key_ops" is not an array of different strings.')
    return operations


def check_signature_usage(use: str | None, operations: frozenset[str] | None) -> None:
    """Refuse a key bound to a signature algorithm whose own members say that it is for something else.

    Raises:
        KeyMaterialError: "use" is not "sig", "key_ops" has none of sign and verify, or the two contradict each other
            ("inconsistent_use"; RFC 7517 §4.3).
    """
    _check_usage(use, operations, own_use="sig", own_operations=SIGNATURE_OPERATIONS)


def check_encryption_usage(
    use: str | None, operations: frozenset[str] | None, *, algorithm: KeyManagementAlgorithm
) -> None:
    """Refuse a key bound to *algorithm* whose own members say that it is for something else.

    Raises:
        KeyMaterialError: "use" is not "enc", "key_ops" has none of the algorithm's, or the two contradict each other
            ("inconsistent_use"; RFC 7517 §4.3).
    """
    _check_usage(use, operations, own_use="enc", own_operations=algorithm.wrapping | algorithm.unwrapping)


def public_operations(
    operations: frozenset[str] | None, *, algorithm: SignatureAlgorithm | KeyManagementAlgorithm
) -> frozenset[str] | None:
    """Translate what a private key may do into what its public half may do: who may sign is verified."""
    if operations is None:
        return None
    return frozenset({"verify"}) if isinstance(algorithm, SignatureAlgorithm) else algorithm.wrapping


def _check_usage(
    use: str | None, operations: frozenset[str] | None, *, own_use: str, own_operations: frozenset[str]
) -> None:
    if use not in (None, own_use):
        raise KeyMaterialError("The key is for something else.", code="inconsistent_use", detail=f"use={use[:64]!r}")
    if operations is None:
        return
    if use is not None and operations & _ALL_OPERATIONS - _OPERATIONS_OF_USE[use]:
        raise KeyMaterialError('The key\'s "use" and "key_ops" contradict each other.', code="inconsistent_use")
    if operations.isdisjoint(own_operations):
        raise KeyMaterialError('The key\'s "key_ops" allow nothing of its algorithm.', code="inconsistent_use")
