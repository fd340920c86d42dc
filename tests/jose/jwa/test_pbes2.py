"""Passwords that encrypt (RFC 7518 §4.8)."""

import hashlib

import pytest

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.errors import DecryptionError, KeyMaterialError, MalformedTokenError
from tokensmith.jose.jwa import content_encryption, key_management
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwa.pbes2 import check_cost, derive_key

EXAMPLE = load("rfc7517-pbes2.json")
COOKBOOK = load("rfc7520-encryption.json")[2]
A128CBC = content_encryption("A128CBC-HS256")
NAMES = ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]
PASSWORD = b"Thus from my lips, by yours"


def test_the_example_of_the_standard() -> None:
    """RFC 7517 C.4 and C.5."""
    algorithm = key_management("PBES2-HS256+A128KW")
    password = EXAMPLE["password"].encode()
    said = Parameters(salt=base64url.decode(EXAMPLE["header"]["p2s"]), iterations=4096)
    ready = algorithm.prepare(algorithm, password)

    derived = derive_key(password, algorithm=algorithm, hash_bits=256, parameters=said)
    assert base64url.encode(derived) == EXAMPLE["derived_key"]
    assert ready.unwrap is not None
    found = ready.unwrap(base64url.decode(EXAMPLE["encrypted_key"]), A128CBC, said)
    assert base64url.encode(found) == EXAMPLE["content_key"]


def test_the_example_of_the_cookbook() -> None:
    """RFC 7520 §5.3."""
    algorithm = key_management("PBES2-HS512+A256KW")
    ready = algorithm.prepare(algorithm, COOKBOOK["input"]["pwd"].encode())
    made = COOKBOOK["encrypting_key"]
    said = Parameters(salt=base64url.decode(made["salt"]), iterations=made["iteration_count"])

    assert ready.unwrap is not None
    found = ready.unwrap(base64url.decode(made["encrypted_key"]), A128CBC, said)
    assert base64url.encode(found) == COOKBOOK["generated"]["cek"]


@pytest.mark.parametrize(
    ("iterations", "passes"),
    [
        *((None, False), (-1000, False), (0, False), (1, False), (999, False), (1000, True)),
        *((1_200_000, True), (1_200_001, False), (10**30, False)),
    ],
)
def test_the_number_of_iterations_has_a_floor_and_a_ceiling(iterations: int | None, passes: bool) -> None:
    """Threats D03 and D04 (CVE-2022-36083, CVE-2023-31582): 1000 to 1,200,000."""
    if passes:
        assert check_cost(salt=bytes(8), iterations=iterations) == iterations
        return
    with pytest.raises(MalformedTokenError) as refusal:
        check_cost(salt=bytes(8), iterations=iterations)

    assert refusal.value.code == "malformed_header"


@pytest.mark.parametrize(("octets", "passes"), [(0, False), (7, False), (8, True), (64, True)])
def test_a_salt_has_8_octets_at_least(octets: int, passes: bool) -> None:
    """Threat D04; RFC 7518 §4.8.1.1: "8 or more octets MUST be used"."""
    if passes:
        assert check_cost(salt=bytes(octets), iterations=1000) == 1000
        return
    with pytest.raises(MalformedTokenError) as refusal:
        check_cost(salt=bytes(octets), iterations=1000)

    assert refusal.value.code == "malformed_header"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_hashed_before_the_cost_is_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat D03: the check is worth something only in front of the work."""

    def hash_now(*arguments: object, **options: object) -> None:
        raise AssertionError("hashed before the cost was checked")

    monkeypatch.setattr(hashlib, "pbkdf2_hmac", hash_now)
    algorithm = key_management(name)
    ready = algorithm.prepare(algorithm, PASSWORD)
    for said in (Parameters(salt=bytes(8), iterations=2**31 - 1), Parameters(salt=bytes(7), iterations=1000)):
        with pytest.raises(MalformedTokenError):
            ready.unwrap(bytes(40), A128CBC, said)  # type: ignore[misc]


@pytest.mark.parametrize(("octets", "passes"), [(0, False), (15, False), (16, True)])
def test_a_password_has_16_octets_at_least(octets: int, passes: bool) -> None:
    """RFC 7518 §8.8, the lower of its two recommendations."""
    algorithm = key_management(NAMES[0])
    if passes:
        assert algorithm.prepare(algorithm, bytes(octets)).key_type == "oct"
        return
    with pytest.raises(KeyMaterialError) as refusal:
        algorithm.prepare(algorithm, bytes(octets))

    assert refusal.value.code == "weak_key"


@pytest.mark.parametrize(("name", "iterations"), list(zip(NAMES, (600_000, 210_000, 210_000), strict=True)))
def test_a_sender_hashes_often_enough_unless_asked_otherwise(name: str, iterations: int) -> None:
    algorithm = key_management(name)
    ready = algorithm.prepare(algorithm, PASSWORD)
    said = ready.wrap(bytes(32), A128CBC, Parameters()).parameters

    assert (said.iterations, len(said.salt)) == (iterations, 16)
    assert ready.wrap(bytes(32), A128CBC, Parameters(iterations=1000)).parameters.iterations == 1000


def test_the_algorithm_goes_into_the_salt() -> None:
    """RFC 7518 §4.8.1.1: one password, another key for each algorithm."""
    said = Parameters(salt=bytes(8), iterations=1000)
    keys = {derive_key(PASSWORD, algorithm=key_management(name), hash_bits=256, parameters=said) for name in NAMES}

    assert len(keys) == 3


def test_another_password_does_not_decrypt() -> None:
    algorithm = key_management(NAMES[0])
    sent = algorithm.prepare(algorithm, PASSWORD).wrap(bytes(32), A128CBC, Parameters(iterations=1000))

    with pytest.raises(DecryptionError):
        algorithm.prepare(algorithm, PASSWORD + b"!").unwrap(sent.encrypted_key, A128CBC, sent.parameters)  # type: ignore[misc]
