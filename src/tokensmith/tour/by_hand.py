"""Verify an access token with what is published and with `cryptography`, as a program in another language would.

Nothing of Tokensmith is imported: two documents by HTTP, one signature, four claims. It is a demonstration and leaves
out what a service needs: cached keys, revocation, limits, and JSON that cannot be read in two ways. Use the guard.
"""

import base64
import json
from typing import Any, Final
from urllib.request import ProxyHandler, build_opener

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

METADATA: Final = "/.well-known/oauth-authorization-server"


def verify(token: str, *, issuer: str, audience: str, now: float) -> dict[str, Any]:
    """Return the claims of a good token.

    Raises:
        InvalidSignature, LookupError, ValueError, OSError: it is not good, or that could not be found out.
    """
    signed, _, signature = token.rpartition(".")
    header, claims = (json.loads(_octets(part)) for part in signed.split("."))
    keys = _fetch(_fetch(issuer + METADATA)["jwks_uri"])["keys"]
    key = next((key for key in keys if key["kid"] == header["kid"]), None)
    # The key says which algorithm is right; a token that could say it would say "none".
    if key is None or key["alg"] != header["alg"]:
        raise LookupError("the issuer has no such key")
    _check_signature(key, _octets(signature), signed.encode())
    if claims["iss"] != issuer or claims["aud"] != audience or claims["exp"] <= now or header["typ"] != "at+jwt":
        raise ValueError("genuine, and not for us, or not any more")
    return dict(claims)


def _check_signature(key: dict[str, str], signature: bytes, signed: bytes) -> None:
    if key["alg"] == "ES256":
        public = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1()).public_key()
        if len(signature) != 64:
            raise ValueError("r and s are 32 bytes each (RFC 7518 §3.4)")
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        public.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    elif key["alg"] == "RS256":
        numbers = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"]))
        numbers.public_key().verify(signature, signed, padding.PKCS1v15(), SHA256())
    else:
        raise LookupError("a short demonstration knows two algorithms")


def _fetch(url: str) -> Any:
    # A proxy named in the environment knows nothing of this machine's 127.0.0.1.
    with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
        return json.load(answer)


def _number(text: str) -> int:
    return int.from_bytes(_octets(text), "big")


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
