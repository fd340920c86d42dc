"""jwcrypto reads our tokens and keys, and we read jwcrypto's."""

import json
from typing import Any

import pytest
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from jwcrypto.jws import JWS, InvalidJWSSignature  # type: ignore[import-untyped]

from tokensmith.jose import Key, jws

ALGORITHMS = [
    "HS256",
    "RS256",
    "PS256",
    "ES256",
    "ES512",
    "ES256K",
    "Ed25519",
    "Ed448",
    "ML-DSA-44",
    "ML-DSA-65",
    "ML-DSA-87",
]
PAIRS = [alg for alg in ALGORITHMS if alg != "HS256"]
PAYLOAD = b'{"sub":"ada"}'


def theirs(key: Key, *, private: bool) -> JWK:
    """The same key as jwcrypto wants it."""
    return JWK.from_json(json.dumps(key.to_jwk(private=private)))


def new_jwk(alg: str) -> dict[str, Any]:
    """A private key of jwcrypto's own making."""
    made: dict[str, dict[str, Any]] = {
        "HS256": {"kty": "oct", "size": 256},
        "RS256": {"kty": "RSA", "size": 2048},
        "PS256": {"kty": "RSA", "size": 2048},
        "ES256": {"kty": "EC", "crv": "P-256"},
        "ES512": {"kty": "EC", "crv": "P-521"},
        "ES256K": {"kty": "EC", "crv": "secp256k1"},
        "Ed25519": {"kty": "OKP", "crv": "Ed25519"},
        "Ed448": {"kty": "OKP", "crv": "Ed448"},
    }
    exported: dict[str, Any] = JWK.generate(**made.get(alg, {"kty": "AKP"}), alg=alg).export(as_dict=True)
    return exported


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_jwcrypto_reads_ours(alg: str) -> None:
    key = Key.generate(alg)
    token = JWS()
    token.deserialize(jws.sign(PAYLOAD, key))

    token.verify(theirs(key, private=key.kty == "oct"))

    assert token.payload == PAYLOAD


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_read_theirs(alg: str) -> None:
    jwk = new_jwk(alg)
    token = JWS(PAYLOAD)
    token.add_signature(JWK(**jwk), protected=json.dumps({"alg": alg}))
    key = Key.from_jwk(jwk)

    verified = jws.verify(token.serialize(compact=True), key if key.kty == "oct" else key.public())

    assert verified.payload == PAYLOAD


@pytest.mark.parametrize("alg", PAIRS)
def test_both_name_a_key_alike(alg: str) -> None:
    """RFC 7638, RFC 9964 §6."""
    jwk = new_jwk(alg)

    assert Key.from_jwk(jwk).thumbprint() == JWK(**jwk).thumbprint()


@pytest.mark.parametrize("alg", PAIRS)
def test_keys_travel_as_pem(alg: str) -> None:
    key = Key.generate(alg)
    read = JWK.from_pem(key.to_pem(private=True, password="password").encode(), password=b"password")
    written = read.export_to_pem(private_key=True, password=b"secret")

    assert read.thumbprint() == key.thumbprint()
    assert Key.from_pem(written, alg=alg, password="secret").thumbprint() == key.thumbprint()


@pytest.mark.parametrize("alg", ["ES256K", "ML-DSA-44"])
def test_jwcrypto_refuses_ours_under_another_key(alg: str) -> None:
    """Reading each other's tokens is no proof of checking them."""
    token = JWS()
    token.deserialize(jws.sign(PAYLOAD, Key.generate(alg)))

    with pytest.raises(InvalidJWSSignature):
        token.verify(theirs(Key.generate(alg), private=False))
