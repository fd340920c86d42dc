"""Keys: one at a time, and in sets (RFC 7517)."""

from tokensmith.jose.jwk.key import Key
from tokensmith.jose.jwk.keyset import KeySet, SkippedKey
from tokensmith.jose.jwk.trust_anchors import TrustAnchors

__all__ = ["Key", "KeySet", "SkippedKey", "TrustAnchors"]
