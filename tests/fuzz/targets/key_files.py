"""key_files: PEM, DER and OpenSSH; a key that is accepted can be written and read again, and is then the same (A06).

No password is given: how long an encrypted file takes to open is settled by whoever made it, and that is the operator.
"""

import contextlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tests.fuzz import vectors
from tests.jose.jwk.certificates import SIGNER, der, pem
from tests.jose.jwk.key_files import pss_only
from tokensmith.jose import JoseError, Key

_PRIVATE = (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL, PrivateFormat.OpenSSH)


def seeds() -> Iterator[bytes]:
    """Each kind of key in each kind of file."""
    yield from (pem(SIGNER).encode(), der(SIGNER))
    yield b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMA==\n"
    # One RSA key is enough: to look at one takes a tenth of a second.
    for alg in ("RS256", "ES256", "ES512", "Ed25519", "ML-DSA-44"):
        key = vectors.private_keys()[alg]
        text = key.to_pem(private=True).encode()
        yield from (text, key.to_pem().encode())
        loaded = load_pem_private_key(text, None)
        for form in _PRIVATE:
            # Not every kind of key has every kind of file.
            with contextlib.suppress(ValueError, TypeError):
                yield loaded.private_bytes(Encoding.PEM, form, NoEncryption())
            with contextlib.suppress(ValueError, TypeError):
                yield loaded.private_bytes(Encoding.DER, form, NoEncryption())
        spki = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        yield from (spki, pss_only(spki) if key.kty == "RSA" else spki)
        with contextlib.suppress(ValueError):
            yield loaded.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def attempt(data: bytes) -> None:
    """Read it as either form, for the key's own algorithm or one that is named."""
    for read in (Key.from_pem, Key.from_der):
        for alg in (None, "PS256"):
            with contextlib.suppress(JoseError):
                _check(read(data, alg=alg))


def _check(key: Key) -> None:
    again = Key.from_pem(key.to_pem(private=key.is_private), alg=key.alg)
    assert (again.alg, again.is_private, again.thumbprint()) == (key.alg, key.is_private, key.thumbprint())
