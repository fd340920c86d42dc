"""Keys in the forms PyJWT takes them in → a `Key`, bound to the one algorithm it is used with here.

None of these keys keeps a "kid": PyJWT neither writes it into a token by itself nor compares it, so a program that has
chosen a key goes on with the key it chose.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, cast

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from tokensmith.compat.pyjwt.exceptions import InvalidKeyError, PyJWKError, translated
from tokensmith.jose import JoseError, Key, base64url
from tokensmith.jose.jwa.descriptor import KeyObject, PrivateKeyObject, PublicKeyObject
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk.parse import KeyParts

KeyMaterial: TypeAlias = str | bytes | PrivateKeyObject | PublicKeyObject
"""A secret, a PEM text or an OpenSSH line, or a key object of `cryptography`."""

# What PyJWT assumes of a JWK that names no algorithm, by its curve or else its key type. The name EdDSA is the only one
# PyJWT has for these signatures, so its users have asked for it.
_ASSUMED: Final[Mapping[object, str]] = MappingProxyType(
    {
        "RSA": "RS256",
        "oct": "HS256",
        "P-256": "ES256",
        "P-384": "ES384",
        "P-521": "ES512",
        "secp256k1": "ES256K",
        "Ed25519": "EdDSA",
    }
)


def bind_key(key: object, *, alg: str) -> Key:
    """Bind key material to one algorithm of ours.

    Raises:
        InvalidKeyError: It is no key for this algorithm, is too weak, or is a public key where a secret is meant.
        TypeError: It is in none of the forms of `KeyMaterial`.
    """
    algorithm = SIGNATURE_ALGORITHMS[alg]
    try:
        if isinstance(key, PrivateKeyObject | PublicKeyObject):
            return Key(KeyParts(key_object=key, algorithm=algorithm))
        if not isinstance(key, str | bytes):
            raise TypeError("A key is str, bytes, a PyJWK, or a key object of cryptography.")
        if algorithm.key_type == "oct":
            return Key.from_secret(key, alg=alg)
        return Key.from_pem(key, alg=alg)
    except JoseError as error:
        raise translated(error) from error


def bind_jwk(jwk: object, *, algorithm: str | None) -> Key:
    """Bind a JWK to *algorithm*, or to its own "alg", or to what PyJWT assumes of its kind.

    Raises:
        InvalidKeyError: It is no usable key, or states another "alg" than *algorithm*.
        PyJWKError: There is no such algorithm.
    """
    if not isinstance(jwk, Mapping):
        raise InvalidKeyError("A JWK is a JSON object.")
    alg = algorithm or jwk.get("alg") or _assumed(jwk)
    if not isinstance(alg, str) or alg not in SIGNATURE_ALGORITHMS:
        raise PyJWKError("The JWK's algorithm is not supported.")
    try:
        return Key.from_jwk({name: value for name, value in jwk.items() if name != "kid"}, alg=alg)
    except JoseError as error:
        raise translated(error) from error


def key_object(key: Key) -> KeyObject:
    """Take out what PyJWT calls the key: the octets of a secret, or the key object of `cryptography`."""
    if key.kty == "oct":
        return base64url.decode(cast("str", key.to_jwk(private=True)["k"]))
    if key.is_private:
        return cast("PrivateKeyObject", load_pem_private_key(key.to_pem(private=True).encode(), password=None))
    return cast("PublicKeyObject", load_pem_public_key(key.to_pem().encode()))


def _assumed(jwk: Mapping[str, object]) -> str:
    kind = jwk.get("crv", jwk.get("kty"))
    try:
        return _ASSUMED[kind]
    except (KeyError, TypeError):
        raise InvalidKeyError("The JWK's key type or curve is missing or not supported.") from None
