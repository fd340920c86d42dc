"""The standards' nested tokens: RFC 7520 §6 as it stands, RFC 7519 A.2 with its outer algorithm, which we have not."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.jose.jwt.nesting import envelope
from tests.jose.jwt.tokens import StoppedClock
from tokensmith.jose import Key, KeySet, jwt
from tokensmith.jose.errors import ExpiredTokenError, UnacceptableTokenError
from tokensmith.jose.jwa import content_encryption
from tokensmith.jose.jwe import compact

_FOLDER = Path(__file__).parents[1] / "vectors" / "jwt"
A2: dict[str, Any] = json.loads((_FOLDER / "rfc7519-nested.json").read_text())
COOKBOOK: dict[str, Any] = json.loads((_FOLDER / "rfc7520-nested.json").read_text())
EXPIRY = 1_300_819_380


def verifier(key: Key, *, issuer: str, now: int = EXPIRY - 1) -> jwt.Verifier:
    return jwt.Verifier(key.public(), issuer=issuer, audience=jwt.ANY, clock=StoppedClock(now))


def test_the_cookbooks_token_passes() -> None:
    """RFC 7520 §6: PS256 inside RSA-OAEP and A128GCM."""
    signing = Key.from_jwk(COOKBOOK["signing_jwk"], alg=COOKBOOK["alg"])
    reading = Key.from_jwk(COOKBOOK["encryption_jwk"])
    opening = jwt.NestedVerifier(verifier(signing, issuer="hobbiton.example"), reading, encs={"A128GCM"})
    verified = opening.verify(COOKBOOK["compact"])

    assert verified.inner.claims["http://example.com/is_root"] is True
    assert verified.inner.header == {"alg": "PS256", "typ": "JWT"}
    assert verified.outer_header == {"alg": "RSA-OAEP", "cty": "JWT", "enc": "A128GCM"}


def test_the_cookbooks_token_expires() -> None:
    signing = Key.from_jwk(COOKBOOK["signing_jwk"], alg=COOKBOOK["alg"])
    late = verifier(signing, issuer="hobbiton.example", now=EXPIRY)

    with pytest.raises(ExpiredTokenError):
        jwt.NestedVerifier(late, Key.from_jwk(COOKBOOK["encryption_jwk"])).verify(COOKBOOK["compact"])


@pytest.mark.parametrize(
    ("as_set", "code"), [(False, "algorithm_mismatch"), (True, "unsupported_algorithm")], ids=["key", "set"]
)
def test_the_example_of_the_standard_is_refused_for_its_padding(as_set: bool, code: str) -> None:
    """RFC 7519 A.2 is RSA1_5, which no table of ours has (D08)."""
    signing = Key.from_jwk(A2["signing_jwk"], alg="RS256")
    reading = Key.from_jwk(A2["encryption_jwk"], alg="RSA-OAEP")
    opening = jwt.NestedVerifier(verifier(signing, issuer="joe"), KeySet([reading]) if as_set else reading)

    with pytest.raises(UnacceptableTokenError) as caught:
        opening.verify(A2["compact"])
    assert caught.value.code == code


def test_the_example_of_the_standard_passes_in_another_envelope() -> None:
    """RFC 7519 A.2: what is in it, taken out by other means, passes as soon as it is encrypted to the same key."""
    reading = Key.from_jwk(A2["encryption_jwk"], alg="RSA-OAEP")
    plaintext = open_by_other_means(A2["compact"], reading)
    signing = Key.from_jwk(A2["signing_jwk"], alg="RS256")
    token = envelope(plaintext, key=reading.public(), enc="A128CBC-HS256")
    verified = jwt.NestedVerifier(verifier(signing, issuer="joe"), reading).verify(token)

    assert plaintext.decode() == A2["signed"]
    assert len(plaintext) == 458
    assert verified.inner.claims == {"iss": "joe", "exp": EXPIRY, "http://example.com/is_root": True}


def open_by_other_means(token: str, key: Key) -> bytes:
    """Decrypt RSA1_5 with `cryptography`, as nobody should who answers strangers."""
    parts = compact.split(token)
    private = load_pem_private_key(key.to_pem(private=True).encode(), None)
    assert isinstance(private, RSAPrivateKey)
    content_key = private.decrypt(parts.encrypted_key, PKCS1v15())
    return content_encryption("A128CBC-HS256").decrypt(content_key, content=parts.content, aad=parts.protected_text)
