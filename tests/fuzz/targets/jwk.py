"""jwk: a JWK and a JWK Set; a key that is accepted can be written and read again, and is then the same (A17, A19)."""

import contextlib
from collections.abc import Iterator

from tests.fuzz import vectors
from tests.fuzz.target import both_types
from tests.jose.jwk.certificates import SIGNER, der, x5c
from tokensmith.jose import JoseError, Key, KeySet, strict_json


def seeds() -> Iterator[bytes]:
    """The keys of the vectors, one with its certificate, and sets of them."""
    # Of RSA only the public ones and one pair: to look at a pair takes a tenth of a second.
    yield from (jwk for jwk in vectors.objects("kty") if b'"RSA"' not in jwk or b'"d"' not in jwk)
    yield from (strict_json.encode(key.to_jwk(private=True)) for key in vectors.private_keys().values())
    yield from (jwks for jwks in vectors.objects("keys") if b'"d"' not in jwks)
    yield strict_json.encode(vectors.private_keys()["Ed25519"].to_jwk() | {"use": "sig", "key_ops": ["verify"]})
    yield strict_json.encode(Key.from_der(der(SIGNER)).to_jwk() | {"x5c": x5c(SIGNER)})


def attempt(data: bytes) -> None:
    """Read it as a key for several algorithms, as a set, and as the only key of a set."""
    for text, alg in zip(both_types(data), (None, "ECDH-ES"), strict=True):
        with contextlib.suppress(JoseError):
            _check(Key.from_jwk(text, alg=alg))
    for jwks in (data, b'{"keys":[' + data + b"]}"):
        with contextlib.suppress(JoseError):
            keys = KeySet.from_jwks(jwks, remote=True)
            assert not any(key.is_private for key in keys), "a secret from the network"
            assert len(KeySet.from_jwks(keys.to_jwks(), remote=True)) == len(keys)


def _check(key: Key) -> None:
    again = Key.from_jwk(key.to_jwk(private=key.is_private), alg=key.alg)
    assert (again.alg, again.kid, again.use, again.key_ops) == (key.alg, key.kid, key.use, key.key_ops)
    assert again.thumbprint() == key.thumbprint()
