"""Encrypted tokens that others decrypt and we do not: for another algorithm than the key's, and compressed."""

from collections.abc import Callable
from typing import Any, Final

from joserfc import jwe as joserfc_jwe
from joserfc.jwk import ECKey, RSAKey
from jwcrypto.jwe import JWE  # type: ignore[import-untyped]
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]

from tokensmith.jose import Key, jwe

OAEP: Final = Key.generate("RSA-OAEP")
AGREED: Final = Key.generate("ECDH-ES")
_OAEP_256: Final = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}
_DEFLATED: Final = {"alg": "ECDH-ES", "enc": "A256GCM", "zip": "DEF"}

OTHER_ALGORITHM: Final = joserfc_jwe.encrypt_compact(
    _OAEP_256, b"plaintext", RSAKey.import_key(dict(OAEP.to_jwk())), algorithms=[*_OAEP_256.values()]
)
COMPRESSED: Final = jwe.encrypt(b"plaintext" * 9, AGREED, header={"zip": "DEF"})


def decrypts(token: str, key: Key) -> Callable[[], object]:
    """Decrypt a token as our guides show it."""
    return lambda: jwe.decrypt(token, key)


def joserfc_decrypts(token: str, key: Key) -> Callable[[], object]:
    """Decrypt a token with joserfc."""
    kind: Any = RSAKey if key.kty == "RSA" else ECKey
    listed = [*_OAEP_256.values(), *_DEFLATED.values()]
    return lambda: joserfc_jwe.decrypt_compact(token, kind.import_key(key.to_jwk(private=True)), algorithms=listed)


def jwcrypto_decrypts(token: str, key: Key) -> Callable[[], object]:
    """Decrypt a token with jwcrypto."""
    return lambda: JWE().deserialize(token, JWK(**key.to_jwk(private=True)))
