"""Signed bytes (RFC 7515): `sign` and `verify` for the compact serialization."""

from tokensmith.jose.jws.sign import sign
from tokensmith.jose.jws.verify import VerifiedJws, verify

__all__ = ["VerifiedJws", "sign", "verify"]
