"""Which keys a client may register."""

import json
from typing import Any

import pytest

from tokensmith.jose import Key
from tokensmith.server.domain.client_keys import MAX_CHARACTERS, check_jwks
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
