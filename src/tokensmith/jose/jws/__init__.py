"""Signed bytes (RFC 7515, RFC 7797): compact with `sign` and `verify`, in JSON with `sign_json` and `verify_json`."""

from tokensmith.jose.jws.sign import Signatory, sign, sign_json
from tokensmith.jose.jws.verify import (
    RefusedSignature,
    VerifiedJsonJws,
    VerifiedJws,
    VerifiedSignature,
    verify,
    verify_json,
)

__all__ = [
    "RefusedSignature",
    "Signatory",
    "VerifiedJsonJws",
    "VerifiedJws",
    "VerifiedSignature",
    "sign",
    "sign_json",
    "verify",
    "verify_json",
]
