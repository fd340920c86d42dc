"""jwcrypto opens our nested tokens, and we open jwcrypto's."""

import json
from typing import Any

import pytest
from jwcrypto import jwk as their_jwk  # type: ignore[import-untyped]
from jwcrypto import jwt as their_jwt

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, good_claims, verifier
from tokensmith.jose import Key, jwt

SIGNS = [Key.generate(alg, kid=alg) for alg in ("ES256", "PS256", "HS256")]
READS = [Key.generate(alg, kid=alg) for alg in ("ECDH-ES", "RSA-OAEP-256", "A256KW")]
every_signature = pytest.mark.parametrize("signing", SIGNS, ids=lambda key: key.alg)
every_recipient = pytest.mark.parametrize("reading", READS, ids=lambda key: key.alg)


def theirs(key: Key) -> Any:
    """The same key as jwcrypto wants it."""
    return their_jwk.JWK(**key.to_jwk(private=True))


def public(key: Key) -> Key:
    return key if key.kty == "oct" else key.public()


@every_signature
@every_recipient
def test_jwcrypto_opens_ours(signing: Key, reading: Key) -> None:
    """Two steps, the second of which is for its caller to remember."""
    signer = jwt.Signer(signing, issuer=ISSUER, audience=AUDIENCE)
    token = jwt.NestedSigner(signer, public(reading), replicated={"iss", "typ"}).sign({"sub": "ada"})
    outer = their_jwt.JWT(key=theirs(reading), jwt=token, expected_type="JWE")
    inner = their_jwt.JWT(key=theirs(signing), jwt=outer.claims, expected_type="JWS")

    assert json.loads(inner.claims)["sub"] == "ada"
    assert json.loads(outer.header)["cty"] == "JWT"


@every_signature
@every_recipient
def test_we_open_theirs(signing: Key, reading: Key) -> None:
    inner = their_jwt.JWT(header={"alg": signing.alg}, claims=good_claims())
    inner.make_signed_token(theirs(signing))
    header = {"alg": reading.alg, "enc": "A256GCM", "cty": "JWT", "iss": ISSUER}
    outer = their_jwt.JWT(header=header, claims=inner.serialize())
    outer.make_encrypted_token(theirs(reading))
    verified = jwt.NestedVerifier(verifier(public(signing)), reading).verify(outer.serialize())

    assert verified.inner.claims == good_claims()
