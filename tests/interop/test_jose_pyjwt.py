"""PyJWT reads our tokens, and we read PyJWT's."""

import json

import jwt as pyjwt
import pytest

from tokensmith.jose import Key, jwt

ALGORITHMS = [
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS512",
    "PS256",
    "PS384",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EdDSA",
]
ISSUER = "https://id.example"
AUDIENCE = "https://api.example"


def key_for(alg: str) -> Key:
    return Key.generate(alg, kid="interop")


def theirs(key: Key, *, private: bool) -> object:
    """The same key as PyJWT wants it."""
    return pyjwt.PyJWK.from_json(json.dumps(key.to_jwk(private=private))).key


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_pyjwt_reads_ours(alg: str) -> None:
    key = key_for(alg)
    token = jwt.sign({"sub": "ada", "x": ["é", 1.5, None]}, key, issuer=ISSUER, audience=AUDIENCE)

    verifying = theirs(key, private=key.kty == "oct")
    claims = pyjwt.decode(token, verifying, algorithms=[alg], issuer=ISSUER, audience=AUDIENCE)

    assert (claims["sub"], claims["x"]) == ("ada", ["é", 1.5, None])
    assert pyjwt.get_unverified_header(token) == {"alg": alg, "kid": "interop", "typ": "JWT"}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_read_theirs(alg: str) -> None:
    key = key_for(alg)
    claims = {"sub": "ada", "iss": ISSUER, "aud": [AUDIENCE], "exp": 4_000_000_000, "x": ["é/", 1.5, None]}
    token = pyjwt.encode(claims, theirs(key, private=True), algorithm=alg, headers={"kid": "interop"})

    verified = jwt.verify(token, key if key.kty == "oct" else key.public(), issuer=ISSUER, audience=AUDIENCE)

    assert verified.claims.to_dict() == claims


def test_both_refuse_what_the_other_signed_with_another_key() -> None:
    """Reading each other's tokens is no proof of checking them."""
    ours = jwt.sign({}, Key.generate("HS256"))
    secret = Key.generate("HS256")

    with pytest.raises(pyjwt.InvalidSignatureError):
        pyjwt.decode(ours, theirs(secret, private=True), algorithms=["HS256"])
