"""JOSE: keys, bytes and tokens; no network, no framework (RFC 7515 to 7519)."""

from tokensmith.jose import jwe, jws, jwt, sd_jwt
from tokensmith.jose.errors import JoseError
from tokensmith.jose.jwk import Key, KeySet

__all__ = ["JoseError", "Key", "KeySet", "jwe", "jws", "jwt", "sd_jwt"]
