"""Keys and tokens for trying PyJWT and our door to it with the same things."""

import hmac
import json
import time
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

NOW: Final = int(time.time())
SECRET: Final = "qV7sZ0aYp3mX9eKdRw2uTnCjHb5LgF8o"
SECRETS: Final = {
    "HS256": SECRET,
    "HS384": SECRET + "Jx6WvE1rQz4MiPyA",
    "HS512": SECRET + "Jx6WvE1rQz4MiPyAtOkDfGhSlNcUb7Z3",
}
RSA: Final = rsa.generate_private_key(65_537, 2048)
RSA_TOO_SMALL: Final = rsa.generate_private_key(65_537, 1024)
EC: Final = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "ES256K": ec.generate_private_key(ec.SECP256K1()),
}
ED25519: Final = ed25519.Ed25519PrivateKey.generate()
ED448: Final = ed448.Ed448PrivateKey.generate()
SIGNING: Final[Mapping[str, Any]] = {
    **SECRETS,
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), RSA),
    **EC,
    "EdDSA": ED25519,
}


def verifying(alg: str) -> Any:
    """The key that checks what `SIGNING` signs."""
    key = SIGNING[alg]
    return key if isinstance(key, str) else key.public_key()


def pem(key: Any) -> str:
    """A key object as text."""
    octets: bytes = (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        if hasattr(key, "private_bytes")
        else key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return octets.decode()


def b64(data: bytes | object) -> str:
    """Base64url of octets, or of a value's JSON."""
    octets = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(claims: bytes | object, *, secret: str = SECRET, **header: object) -> str:
    """An HS256 token with any payload and any header, signed as it stands."""
    return sealed(b64({"alg": "HS256", "typ": "JWT", **header}), b64(claims), secret=secret)


def sealed(header: str, payload: str, *, secret: str = SECRET) -> str:
    """The signature of HS256 behind two parts that are what they are."""
    mac = hmac.digest(secret.encode(), f"{header}.{payload}".encode(), "sha256")
    return f"{header}.{payload}.{b64(mac)}"


def outcome(call: Callable[[Any], object], module: Any) -> object:
    """What a call comes to: its result, or the name of the class of its exception."""
    with warnings.catch_warnings():
        # PyJWT warns of what we refuse; what matters here is that it goes on.
        warnings.simplefilter("ignore")
        try:
            return call(module)
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
