"""JOSE: keys, bytes and tokens; no network, no framework (RFC 7515 to 7519)."""

from tokensmith.jose.errors import JoseError

__all__ = ["JoseError"]
