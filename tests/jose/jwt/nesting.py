"""What the tests of nested tokens share: a recipient, and envelopes that no signer of ours would make."""

from typing import Any

import pytest

from tests.jose.jwt.tokens import good_token, verifier
from tokensmith.jose import JoseError, Key, jwe, jwt

RECIPIENT = Key.generate("ECDH-ES+A256KW", kid="r")
PUBLIC = RECIPIENT.public()


def envelope(inside: str | bytes, *, key: Key = PUBLIC, enc: str = "A256GCM", **header: Any) -> str:
    """Encrypt anything at all, as anybody can who has the public key; `cty=None` leaves "cty" out."""
    members = {name: value for name, value in {"cty": "JWT", **header}.items() if value is not None}
    return jwe.encrypt(inside if isinstance(inside, bytes) else inside.encode(), key, enc=enc, header=members)


def nested_verifier(inner: jwt.Verifier | None = None, keys: Any = RECIPIENT, **options: Any) -> jwt.NestedVerifier:
    """Make a verifier for `good_token` in an envelope, with options changed."""
    return jwt.NestedVerifier(inner or verifier(), keys, **options)


def refusal(token: str | bytes, inner: jwt.Verifier | None = None, **options: Any) -> tuple[type[JoseError], str]:
    """Open a token that has to be refused, and tell with which class and code."""
    with pytest.raises(JoseError) as caught:
        nested_verifier(inner, **options).verify(token)
    return type(caught.value), caught.value.code


def passes(token: str, inner: jwt.Verifier | None = None, **options: Any) -> bool:
    """Open a token that has to pass; anything else raises."""
    return nested_verifier(inner, **options).verify(token).inner.claims is not None


def nested(**claims: object) -> str:
    """Encrypt `good_token`, with claims changed."""
    return envelope(good_token(**claims))
