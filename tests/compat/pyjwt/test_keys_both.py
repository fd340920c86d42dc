"""Keys in every form, given to PyJWT and to our names for it: the same tokens open, the same keys are refused."""

from typing import Any

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import ED448, NOW, RSA, SECRET, SECRETS, SIGNING, outcome, pem, token, verifying

# A key, the algorithms that are listed, and the algorithm the token names.
CONFUSIONS: dict[str, tuple[object, Any, str]] = {
    "no key": ("", ["HS256"], "HS256"),
    "no algorithms": (SECRET, None, "HS256"),
    "an empty list of algorithms": (SECRET, [], "HS256"),
    "one name instead of a list": (SECRET, "HS256", "HS256"),
    "a set of algorithms": (SECRET, {"HS256", "HS384"}, "HS256"),
    "none listed": (SECRET, ["none"], "HS256"),
    "no key at all": (None, ["HS256"], "HS256"),
    "a number as a key": (1, ["HS256"], "HS256"),
    "a dict as a key": ({"kty": "oct"}, ["HS256"], "HS256"),
    "a public key in PEM as a secret": (pem(RSA.public_key()), ["RS256", "HS256"], "HS256"),
    "the same as octets": (pem(RSA.public_key()).encode(), ["RS256", "HS256"], "HS256"),
    "a JWK's text as a secret": ('{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZpt","e":"AQAB"}', ["HS256"], "HS256"),
    "an OpenSSH line as a secret": (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGVleGFtcGxlZXhhbXBsZQ",
        ["HS256"],
        "HS256",
    ),
    "a secret as an RSA key": (SECRET, ["RS256", "HS256"], "RS256"),
    "a secret as an Edwards key": (SECRET, ["EdDSA"], "EdDSA"),
    "an EC key as an RSA key": (pem(verifying("ES256")), ["RS256"], "RS256"),
    "an RSA key as an EC key": (pem(RSA.public_key()), ["ES256"], "ES256"),
    "a key of another curve": (verifying("ES384"), ["ES256"], "ES256"),
    "a text of a key of another curve": (pem(verifying("ES384")), ["ES256"], "ES256"),
    "an Ed448 key": (ED448.public_key(), ["EdDSA"], "EdDSA"),
}


@pytest.mark.parametrize("form", ["object", "text", "octets"])
@pytest.mark.parametrize("alg", SIGNING)
def test_every_algorithm_is_read_alike(alg: str, form: str) -> None:
    """Whoever signed it: both read both, from key objects, texts and octets."""
    key = verifying(alg)
    if form != "object":
        key = key if isinstance(key, str) else pem(key)
        key = key.encode() if form == "octets" else key
    claims = {"sub": "ada", "exp": NOW + 86_400}
    signed = [module.encode(claims, SIGNING[alg], algorithm=alg, headers={"kid": "1"}) for module in (ours, theirs)]

    for module in (ours, theirs):
        for text in signed:
            assert module.decode(text, key, algorithms=["HS256", alg]) == claims
            assert module.get_unverified_header(text) == {"alg": alg, "kid": "1", "typ": "JWT"}


@pytest.mark.parametrize("case", CONFUSIONS)
def test_keys_that_do_not_fit_are_refused_alike(case: str) -> None:
    """RFC 8725 §2.1: the token names the algorithm, but not what the caller's key is."""
    key, algorithms, alg = CONFUSIONS[case]

    def call(module: Any) -> object:
        return module.decode(token({"sub": "ada"}, alg=alg), key, algorithms=algorithms)

    assert outcome(call, ours) == outcome(call, theirs)


@pytest.mark.parametrize("alg", SECRETS)
def test_a_secret_serves_the_listed_algorithm_the_token_names(alg: str) -> None:
    """Several may be listed; one is used."""
    signed = theirs.encode({"sub": "ada"}, SECRETS["HS512"], algorithm=alg)

    assert ours.decode(signed, SECRETS["HS512"], algorithms=list(SECRETS)) == {"sub": "ada"}
