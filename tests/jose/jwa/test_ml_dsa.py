"""ML-DSA-44, ML-DSA-65, ML-DSA-87 (RFC 9964, FIPS 204)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.backends.openssl.backend import backend
from cryptography.hazmat.primitives.asymmetric import ec

from tokensmith.jose import Key, KeySet, base64url, jws
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import signature
from tokensmith.jose.jwa.descriptor import KeyObject, LatticePrivateKey, SignatureOperations
from tokensmith.jose.jwa.ml_dsa import PARAMETER_SETS, parameter_set_of

VECTORS = Path(__file__).parent.parent / "vectors/ml-dsa"
KEYS: dict[str, LatticePrivateKey] = {name: each.private.generate() for name, each in PARAMETER_SETS.items()}


def vector(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / f"{name.replace('-', '_')}.jose.json").read_text())
    return loaded


def prepare(name: str, key: KeyObject) -> SignatureOperations:
    algorithm = signature(name)
    return algorithm.prepare(algorithm, key)


def sign(name: str) -> tuple[SignatureOperations, bytes]:
    operations = prepare(name, KEYS[name])
    if operations.sign is None:
        pytest.fail("a private key signs")
    return operations, operations.sign(b"message")


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_the_printed_token_verifies_under_the_printed_key(name: str) -> None:
    """RFC 9964 A.1; its kid is the thumbprint of §6."""
    example = vector(name)
    key = Key.from_jwk(example["jwk"])
    verified = jws.verify(example["jws"], KeySet([key.public()]))

    assert verified.header.alg == key.alg == name
    assert verified.header.kid == key.thumbprint() == example["jwk"]["kid"]
    assert key.to_jwk(private=True) == example["jwk"]


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_the_printed_octets_verify(name: str) -> None:
    """RFC 9964 A.1: the same example, before base64url."""
    example = vector(name)
    public = PARAMETER_SETS[name].public.from_public_bytes(bytes.fromhex(example["raw_public_key"]))
    signed, made = (bytes.fromhex(example[member]) for member in ("raw_to_be_signed", "raw_signature"))
    verify = prepare(name, public).verify

    assert verify(made, signed)
    assert not verify(made, signed + b"A")


@pytest.mark.parametrize(
    ("name", "public_octets", "signature_octets"),
    [("ML-DSA-44", 1312, 2420), ("ML-DSA-65", 1952, 3309), ("ML-DSA-87", 2592, 4627)],
)
def test_keys_and_signatures_have_one_size(name: str, public_octets: int, signature_octets: int) -> None:
    """RFC 9964 §5, Table 5."""
    _, made = sign(name)

    assert (signature(name).min_key_bits, signature(name).signature_bytes) == (8 * public_octets, signature_octets)
    assert len(KEYS[name].public_key().public_bytes_raw()) == public_octets
    assert len(made) == signature_octets


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_a_signature_of_another_length_is_refused(name: str) -> None:
    operations, made = sign(name)

    assert operations.verify(made, b"message")
    for bad in (b"", made[:-1], made[1:], made + b"\0", b"\0" + made, bytes(len(made)), b"\xff" * len(made)):
        assert not operations.verify(bad, b"message")


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_a_changed_hint_is_refused(name: str) -> None:
    """FIPS 204, Algorithm 21: the hints at the end have one spelling, and their unused octets are zero."""
    operations, made = sign(name)
    for place in (-1, -2, -20):
        changed = bytearray(made)
        changed[place] ^= 1

        assert not operations.verify(bytes(changed), b"message")


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_the_context_is_empty(name: str) -> None:
    """B11: RFC 9964 §5; a signature made under any other context is for another purpose."""
    operations, made = sign(name)
    KEYS[name].public_key().verify(made, b"message", b"")

    assert operations.verify(KEYS[name].sign(b"message", b""), b"message")
    for context in (b"\0", b"JWS", b"x" * 255):
        assert not operations.verify(KEYS[name].sign(b"message", context), b"message")


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_nobody_passes_a_context(name: str) -> None:
    """B11: the primitive takes one as its second argument."""
    operations: Any = prepare(name, KEYS[name])
    with pytest.raises(TypeError):
        operations.sign(b"message", b"context")
    with pytest.raises(TypeError):
        operations.verify(bytes(2420), b"message", b"context")


@pytest.mark.parametrize("name", PARAMETER_SETS)
@pytest.mark.parametrize("other", [*PARAMETER_SETS, "ES256", "secret"])
def test_each_name_has_its_own_parameter_set(name: str, other: str) -> None:
    """A13: an ML-DSA-65 key is none for ML-DSA-44, and no other kind of key is."""
    if name == other:
        return
    strangers: dict[str, list[KeyObject]] = {each: [private, private.public_key()] for each, private in KEYS.items()}
    strangers |= {"ES256": [ec.generate_private_key(ec.SECP256R1())], "secret": [b"k" * 64]}
    for key in strangers[other]:
        with pytest.raises(KeyMaterialError) as refusal:
            prepare(name, key)

        assert refusal.value.code == "algorithm_mismatch"


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_a_public_key_verifies_and_does_not_sign(name: str) -> None:
    _, made = sign(name)
    operations = prepare(name, KEYS[name].public_key())

    assert operations.sign is None
    assert operations.verify(made, b"message")


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_a_key_knows_its_parameter_set(name: str) -> None:
    assert parameter_set_of(KEYS[name]).name == parameter_set_of(KEYS[name].public_key()).name == name


def test_an_installation_without_ml_dsa_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cryptography` over an OpenSSL before 3.5 has the classes and nothing behind them; the other keys stay."""
    private, ordinary = dict(Key.generate("ML-DSA-44").to_jwk(private=True)), Key.generate("ES256")
    public = {member: text for member, text in private.items() if member != "priv"}
    monkeypatch.setattr(type(backend), "mldsa_supported", lambda self: False)
    attempts: list[Callable[[], Key]] = [
        lambda: Key.generate("ML-DSA-44"),
        lambda: Key.from_jwk(private),
        lambda: Key.from_jwk(public),
    ]
    for attempt in attempts:
        with pytest.raises(KeyMaterialError) as refusal:
            attempt()

        assert refusal.value.code == "unsupported_algorithm"
    keys = KeySet.from_jwks({"keys": [public, ordinary.to_jwk()]})
    assert [key.alg for key in keys] == ["ES256"]
    assert [each.code for each in keys.skipped] == ["unsupported_algorithm"]


def test_a_token_signed_with_the_largest_fits_the_limits() -> None:
    """A signature of 4627 octets is 6170 characters of a token that may have 65536."""
    key = Key.generate("ML-DSA-87")
    token = jws.sign(b"payload", key)

    assert len(base64url.decode(token.rpartition(".")[2])) == 4627
    assert jws.verify(token, key.public()).payload == b"payload"
