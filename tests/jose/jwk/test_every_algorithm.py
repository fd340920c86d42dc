"""What every key does, whatever its algorithm: sign, verify, travel as JWK and PEM, be found in a set."""

import pytest

from tokensmith.jose.jwa import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk import Key, KeySet

MESSAGE = b"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ"
PAIRS = [name for name in SIGNATURE_ALGORITHMS if not name.startswith("HS")]


@pytest.fixture(scope="module", params=SIGNATURE_ALGORITHMS)
def key(request: pytest.FixtureRequest) -> Key:
    return Key.generate(request.param)


@pytest.fixture(scope="module", params=PAIRS)
def pair(request: pytest.FixtureRequest) -> Key:
    return Key.generate(request.param)


def test_what_a_key_signs_it_verifies(key: Key) -> None:
    assert key.verify_bytes(key.sign_bytes(MESSAGE), MESSAGE)


def test_another_message_does_not_verify(key: Key) -> None:
    assert not key.verify_bytes(key.sign_bytes(MESSAGE), MESSAGE + b".")


def test_one_flipped_bit_of_the_signature_does_not_verify(key: Key) -> None:
    signature = bytearray(key.sign_bytes(MESSAGE))
    signature[len(signature) // 2] ^= 1

    assert not key.verify_bytes(bytes(signature), MESSAGE)


def test_a_signature_of_another_length_does_not_verify(key: Key) -> None:
    """A03: RFC 7518 §3.2–§3.5, RFC 8037 §3.1: each algorithm has one length; empty, short and long ones are refused."""
    signature = key.sign_bytes(MESSAGE)

    assert not any(
        key.verify_bytes(damaged, MESSAGE)
        for damaged in (b"", signature[:-1], signature[1:], signature + b"\0", b"\0" + signature)
    )


def test_a_key_survives_its_private_jwk(key: Key) -> None:
    again = Key.from_jwk(key.to_jwk(private=True), alg=key.alg)

    assert again.to_jwk(private=True) == key.to_jwk(private=True)
    assert again.verify_bytes(key.sign_bytes(MESSAGE), MESSAGE)


def test_a_pair_survives_its_private_pem(pair: Key) -> None:
    again = Key.from_pem(pair.to_pem(private=True, password="ünlock"), alg=pair.alg, password="ünlock", kid=pair.kid)

    assert again.thumbprint() == pair.thumbprint()
    assert pair.verify_bytes(again.sign_bytes(MESSAGE), MESSAGE)


def test_the_public_half_verifies_what_the_pair_signs(pair: Key) -> None:
    halves = [pair.public(), Key.from_jwk(pair.to_jwk(), alg=pair.alg), Key.from_pem(pair.to_pem(), alg=pair.alg)]

    assert all(half.verify_bytes(pair.sign_bytes(MESSAGE), MESSAGE) for half in halves)
    assert not any(half.is_private for half in halves)


def test_a_published_set_finds_the_pair(pair: Key) -> None:
    published = KeySet.from_jwks(
        KeySet([pair]).to_jwks(), okp_alg="EdDSA" if pair.alg == "EdDSA" else None, remote=True
    )

    assert published.find({"alg": pair.alg, "kid": pair.kid}).thumbprint() == pair.thumbprint()
