"""Key: frozen, bound to one algorithm and its uses, silent about its private half (RFC 7517 §4, §9.2)."""

import copy
import dataclasses
import json
import pickle
import traceback
from typing import Any

import msgspec
import pytest

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key, KeySet

ALGS = ["HS256", "RS256", "ES256", "Ed25519", "Ed448", "ML-DSA-44"]
KEYS = {alg: Key.generate(alg, kid="key-1") for alg in ALGS}
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k", "priv"}


def code_of(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        call(*arguments, **options)
    return refusal.value.code


@pytest.mark.parametrize("alg", ALGS)
def test_a_key_says_what_it_is(alg: str) -> None:
    key = KEYS[alg]

    assert (key.alg, key.kid, key.use, key.key_ops, key.is_private) == (alg, "key-1", "sig", None, True)
    assert key.kty == key.to_jwk(private=True)["kty"]


@pytest.mark.parametrize(
    "name", ["alg", "kid", "use", "key_ops", "kty", "is_private", "can_sign", "sign_bytes", "verify_bytes", "new"]
)
def test_a_key_is_frozen(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(KEYS["ES256"], name, None)
    with pytest.raises(AttributeError):
        delattr(KEYS["ES256"], name)


def test_a_copy_of_a_key_is_the_key() -> None:
    key = KEYS["ES256"]

    assert copy.copy(key) is key
    assert copy.deepcopy({"key": key})["key"] is key


@pytest.mark.parametrize("alg", ALGS)
def test_nothing_that_prints_a_key_shows_its_secret(alg: str) -> None:
    """B07: RFC 7517 §9.2: logs, error reports and format strings get the name of the key alone."""
    key = KEYS[alg]
    secrets = [str(value) for name, value in key.to_jwk(private=True).items() if name in PRIVATE_MEMBERS]
    shown = [repr(key), str(key), f"{key}", f"{key!r}", f"{[key]}", repr(KeySet([key]))]

    assert secrets
    assert not any(secret in text or base64url.decode(secret).hex() in text for secret in secrets for text in shown)
    assert repr(key) == f"<Key {alg} private kid='key-1'>"


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_is_not_pickled(alg: str, protocol: int) -> None:
    """A pickle carries the private half in the clear to caches, queues and crash reports."""
    for held in (KEYS[alg], [KEYS[alg]], KeySet([KEYS[alg]])):
        with pytest.raises(TypeError):
            pickle.dumps(held, protocol=protocol)


@pytest.mark.parametrize("alg", ALGS)
def test_nothing_that_walks_fields_finds_the_secret(alg: str) -> None:
    """What a structured log would do with an object it is given."""
    key: Any = KEYS[alg]
    for walk in (vars, dataclasses.asdict, dataclasses.fields, json.dumps, msgspec.json.encode, msgspec.to_builtins):
        with pytest.raises(TypeError):
            walk(key)
    with pytest.raises(TypeError):
        key.__getstate__()
    with pytest.raises(TypeError):
        key.__reduce__()


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_a_refusal_does_not_show_the_secret(alg: str) -> None:
    """B07: neither the message, nor the detail, nor the traceback."""
    jwk = KEYS[alg].to_jwk(private=True)
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_jwk(jwk | {"alg": "HS256"})
    printed = "".join(traceback.format_exception(refusal.value)) + refusal.value.detail

    assert not any(str(value) in printed for name, value in jwk.items() if name in PRIVATE_MEMBERS)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_the_public_half_has_no_secret(alg: str) -> None:
    key = KEYS[alg]
    half = key.public()

    assert PRIVATE_MEMBERS.isdisjoint(half.to_jwk())
    assert half.to_jwk() == key.to_jwk()
    assert (half.alg, half.kid, half.use, half.is_private) == (key.alg, key.kid, key.use, False)
    assert half.public() is half
    assert code_of(half.to_jwk, private=True) == "not_private"
    assert code_of(half.sign_bytes, b"message") == "key_operation"


def test_a_secret_has_no_public_half() -> None:
    assert code_of(KEYS["HS256"].public) == "symmetric_key"
    assert code_of(KEYS["HS256"].to_jwk) == "symmetric_key"


@pytest.mark.parametrize(("alg", "octets"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_secret_is_as_long_as_the_hash(alg: str, octets: int) -> None:
    """A14: RFC 7518 §3.2."""
    assert Key.from_secret(bytes(range(octets)), alg=alg).alg == alg
    assert code_of(Key.from_secret, bytes(range(octets - 1)), alg=alg) == "weak_key"
    assert code_of(Key.from_secret, b"", alg=alg) == "weak_key"


def test_a_secret_may_be_text() -> None:
    """The length counts octets, as the hash does."""
    text = "correct horse battery stäple"
    octets = (text + " and").encode()

    assert code_of(Key.from_secret, text) == "weak_key"
    assert Key.from_secret(octets.decode()).sign_bytes(b"m") == Key.from_secret(octets).sign_bytes(b"m")
    assert Key.from_secret(bytearray(octets)).sign_bytes(b"m") == Key.from_secret(octets).sign_bytes(b"m")  # type: ignore[arg-type]


def test_a_secret_has_the_kid_it_is_given() -> None:
    """Both sides hold the same secret, so neither may make up a kid of its own."""
    assert Key.from_secret(bytes(range(32))).kid is None
    assert Key.from_secret(bytes(range(32)), kid="2026-01").kid == "2026-01"


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519", "EdDSA", "PS512"])
def test_a_secret_is_for_hmac_alone(alg: str) -> None:
    assert code_of(Key.from_secret, bytes(range(64)), alg=alg) == "algorithm_mismatch"


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_a_public_key_is_never_a_secret(alg: str) -> None:
    """A06: RFC 8725 §2.1: what the attacker of an RS256 verifier signs with."""
    half = KEYS[alg].public()
    for secret in (half.to_pem(), "\n" + half.to_pem(), json.dumps(half.to_jwk()), half.to_pem().encode()):
        assert code_of(Key.from_secret, secret) == "public_key_as_secret"


@pytest.mark.parametrize("value", [None, 1, ["secret"], ..., {"k": "secret"}], ids=repr)
def test_misuse_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError):
        Key.from_secret(value)


def test_a_secret_of_an_unknown_algorithm_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="alg is one of"):
        Key.from_secret(bytes(range(32)), alg="none")
