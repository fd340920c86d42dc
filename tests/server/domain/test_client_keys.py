"""Which keys a client may register."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509 import load_der_x509_certificate

from tests.jose.jwk.certificates import x5c
from tests.server.client_certificates import certified, self_made
from tokensmith.jose import Key
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.server.domain.client_keys import MAX_CHARACTERS, check_jwks, jwks_of, key_alg, names_certificate
from tokensmith.server.domain.errors import InvalidRequestError

KEY = Key.generate("ES256")


def jwks(*keys: Any) -> str:
    return json.dumps({"keys": list(keys)})


def test_public_keys_that_verify_are_taken() -> None:
    text = jwks(dict(KEY.public().to_jwk()), dict(Key.generate("Ed25519").public().to_jwk()))

    assert check_jwks(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"keys":[]}',
        jwks({"kty": "unheard-of"}),
        jwks(dict(KEY.to_jwk(private=True))),
        jwks({"kty": "oct", "k": "A" * 43, "alg": "HS256"}),
        jwks({**KEY.public().to_jwk(), "alg": "ECDH-ES"}),
        jwks(dict(KEY.public().to_jwk())) + " " * MAX_CHARACTERS,
        "\ud800",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    """Above all a private key: whoever sends one has shown it to somebody."""
    with pytest.raises(InvalidRequestError) as caught:
        check_jwks(text)

    assert caught.value.code == "bad_client_keys"


@pytest.mark.parametrize("of", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)])
def test_a_certificate_is_registered_as_a_key_with_it(of: Any) -> None:
    """RFC 8705 §2.2.2; RSA keys do not say what they are for, and are taken all the same."""
    certificate = certified(key=of)
    text = check_jwks(jwks_of(certificate))

    assert names_certificate(text, certificate)
    assert not names_certificate(text, certified(key=of))
    assert json.loads(text)["keys"][0]["x5c"] == x5c(load_der_x509_certificate(certificate))


def test_keys_that_are_of_no_use_name_no_certificate() -> None:
    """What they claim was never checked."""
    certificate = self_made()
    (named,) = json.loads(jwks_of(certificate))["keys"]
    of_another_key = {**KEY.public().to_jwk(), "x5c": named["x5c"]}

    assert not names_certificate(jwks("x", {"x5c": named["x5c"]}, of_another_key, {**named, "x5c": []}), certificate)
    assert names_certificate(jwks("x", dict(KEY.public().to_jwk()), named), certificate)


def test_a_key_we_have_no_use_for_registers_no_certificate() -> None:
    strange = certified(key=dsa.generate_private_key(2048))

    assert key_alg(strange) is None
    with pytest.raises(KeyMaterialError):
        jwks_of(strange)
