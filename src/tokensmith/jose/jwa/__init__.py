"""Algorithms: facts about them, and the primitive calls (RFC 7518). `tables` is the only list."""

from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm
from tokensmith.jose.jwa.tables import (
    CONTENT_ENCRYPTIONS,
    KEY_MANAGEMENT_ALGORITHMS,
    SIGNATURE_ALGORITHMS,
    content_encryption,
    key_management,
    signature,
)

__all__ = [
    "CONTENT_ENCRYPTIONS",
    "KEY_MANAGEMENT_ALGORITHMS",
    "SIGNATURE_ALGORITHMS",
    "ContentEncryption",
    "KeyManagementAlgorithm",
    "SignatureAlgorithm",
    "content_encryption",
    "key_management",
    "signature",
]
