"""joserfc reads our tokens, and we read joserfc's."""

import joserfc.jwt
import pytest
from joserfc.errors import BadSignatureError
from joserfc.jwk import import_key

from tokensmith.jose import Key, jws, jwt

ALGORITHMS = [
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS512",
    "PS256",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "Ed25519",
    "Ed448",
]
ISSUER = "https://id.example"
AUDIENCE = "https://api.example"


def theirs(key: Key, *, private: bool) -> object:
    """The same key as joserfc wants it."""
    return import_key(key.to_jwk(private=private))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_joserfc_reads_ours(alg: str) -> None:
    key = Key.generate(alg)
    token = jwt.sign({"sub": "ada", "x": ["é", 1.5, None]}, key, issuer=ISSUER, audience=AUDIENCE)

    decoded = joserfc.jwt.decode(token, theirs(key, private=key.kty == "oct"), algorithms=[alg])

    assert (decoded.claims["sub"], decoded.claims["x"]) == ("ada", ["é", 1.5, None])


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_read_theirs(alg: str) -> None:
    key = Key.generate(alg)
    claims = {"sub": "ada", "iss": ISSUER, "aud": [AUDIENCE], "exp": 4_000_000_000, "x": ["é/", 1.5, None]}
    token = joserfc.jwt.encode({"alg": alg, "kid": key.kid}, claims, theirs(key, private=True), algorithms=[alg])

    verified = jwt.verify(token, key if key.kty == "oct" else key.public(), issuer=ISSUER, audience=AUDIENCE)

    assert verified.claims.to_dict() == claims


def test_bytes_travel_too() -> None:
    key = Key.generate("ES256")

    read = joserfc.jws.deserialize_compact(jws.sign(b"\x00\xff", key), theirs(key, private=False))

    assert read.payload == b"\x00\xff"


def test_joserfc_refuses_ours_under_another_key() -> None:
    """Reading each other's tokens is no proof of checking them."""
    with pytest.raises(BadSignatureError):
        joserfc.jwt.decode(jwt.sign({}, Key.generate("HS256")), theirs(Key.generate("HS256"), private=True))
