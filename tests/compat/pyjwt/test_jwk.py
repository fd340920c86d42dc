"""PyJWK and PyJWKSet: PyJWT's attributes over a key that is bound once."""

import copy
import json
import pickle
from typing import Any

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import EC, ED25519, RSA, SECRET, b64, outcome, pem
from tokensmith.jose import Key, jwt

SECRET_JWK = {"kty": "oct", "k": b64(SECRET.encode()), "kid": "s"}
RSA_JWK = {**theirs.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "kid": "r", "use": "sig"}
EC_JWK = {**theirs.algorithms.ECAlgorithm.to_jwk(EC["ES384"], as_dict=True), "kid": "e"}
ED_JWK = {**theirs.algorithms.OKPAlgorithm.to_jwk(ED25519.public_key(), as_dict=True)}


@pytest.mark.parametrize("jwk", [SECRET_JWK, RSA_JWK, EC_JWK, ED_JWK], ids=lambda jwk: str(jwk["kty"]))
def test_a_jwk_has_their_attributes(jwk: dict[str, Any]) -> None:
    """Name of the algorithm, type, id, use and the key object."""

    def seen(module: Any) -> object:
        key = module.PyJWK.from_dict(jwk)
        material = key.key if isinstance(key.key, bytes) else pem(key.key)
        return key.algorithm_name, key.key_type, key.key_id, key.public_key_use, material

    assert seen(ours) == seen(theirs)


def test_an_algorithm_can_be_named() -> None:
    """In all three ways to make one."""
    for made in (
        ours.PyJWK(RSA_JWK, "PS384"),
        ours.PyJWK.from_dict(RSA_JWK, "PS384"),
        ours.PyJWK.from_json(json.dumps(RSA_JWK), "PS384"),
    ):
        assert (made.algorithm_name, made.Algorithm.name) == ("PS384", "PS384")


def test_the_bound_key_is_the_way_on() -> None:
    """It is the `Key` that our own verifier takes."""
    made = ours.encode({"exp": 4_000_000_000}, ours.PyJWK(EC_JWK))
    bound = ours.PyJWK(EC_JWK).bound_key

    assert isinstance(bound, Key)
    assert jwt.verify(made, bound, issuer=jwt.ANY, audience=jwt.ANY).claims["exp"] == 4_000_000_000


def test_a_jwk_shows_no_secret() -> None:
    """RFC 7517 §9.2: neither in text nor in a pickle."""
    key = ours.PyJWK(SECRET_JWK)

    assert repr(key) == "<PyJWK HS256 kid='s'>"
    assert not hasattr(key, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(key)
    assert copy.copy(key).bound_key is key.bound_key


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"kty":"oct","kty":"RSA"}'])
def test_a_jwk_is_read_strictly(text: str) -> None:
    """RFC 7517 §4: a member named twice is two keys at once."""
    with pytest.raises(ours.InvalidKeyError):
        ours.PyJWK.from_json(text)
    with pytest.raises(ours.PyJWKSetError):
        ours.PyJWKSet.from_json(text)


UNUSABLE = [{"kty": "XYZ"}, {"kty": "oct", "k": ""}, 1, None, {}, {"kty": "RSA", "alg": "RSA-OAEP"}]
SETS: dict[str, object] = {
    "keys": [RSA_JWK, EC_JWK, SECRET_JWK],
    "two of one id": [RSA_JWK, {**EC_JWK, "kid": "r"}],
    "one among strangers": [*UNUSABLE, EC_JWK],
    "strangers alone": UNUSABLE,
    "none": [],
    "no list": {"a": 1},
    "null": None,
}


@pytest.mark.parametrize("case", SETS)
def test_sets_are_read_alike(case: str) -> None:
    """RFC 7517 §5: what cannot be used is left out, unless nothing else is there."""

    def seen(module: Any) -> object:
        keys = module.PyJWKSet.from_dict({"keys": SETS[case]})
        assert list(keys) == keys.keys
        return [key.key_id for key in keys], module.PyJWKSet.from_json(json.dumps({"keys": SETS[case]}))["r"].key_type

    assert outcome(seen, ours) == outcome(seen, theirs)


def test_a_set_without_keys_is_refused() -> None:
    """As in PyJWT."""
    with pytest.raises(ours.PyJWKSetError):
        ours.PyJWKSet.from_dict({})


@pytest.mark.parametrize(("count", "accepted"), [(256, True), (257, False)])
def test_a_set_has_an_end(count: int, accepted: bool) -> None:
    """Each key costs time, and whoever publishes them decides how many there are."""
    assert (outcome(lambda module: len(module.PyJWKSet([SECRET_JWK] * count).keys), ours) == count) is accepted
