"""The fingerprint of the flawed RSA generator (CVE-2017-15361)."""

from collections.abc import Callable
from itertools import combinations
from math import isqrt, log2, prod

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tokensmith.jose import Key, KeySet
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.roca import _SUBGROUPS, has_roca_fingerprint
from tokensmith.jose.jwk.members import write_unsigned

SMALL = [number for number in range(2, 702) if all(number % divisor for divisor in range(2, isqrt(number) + 1))]
M = prod(SMALL)
# k and a of two primes k·M + (65537^a mod M) of 1024 bits, found by trying random ones with a fixed seed.
FIRST = 8565407908787639 * M + pow(65537, 0x1CB9A3C4D2C717D2235CFCFE7E2D35E1363DF96FAF5B88F242892B31554C5FD, M)
SECOND = 8590080530941305 * M + pow(65537, 0x3D5037558535EDB8A49451BDA32676043BC972F36BA4888D135BA61B5434BC6, M)
FLAWED = FIRST * SECOND


def jwk(modulus: int) -> dict[str, str]:
    return {"kty": "RSA", "n": write_unsigned(modulus), "e": "AQAB", "alg": "RS256"}


def spki(modulus: int) -> bytes:
    key = rsa.RSAPublicNumbers(65537, modulus).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_the_example_is_what_the_flawed_generator_makes() -> None:
    """Nemec et al., 2017, §3.1: for keys of 1984 to 3936 bits M is the product of the first 126 primes."""
    assert len(SMALL) == 126
    assert FLAWED.bit_length() == 2048
    assert all(pow(base, prime - 1, prime) == 1 for prime in (FIRST, SECOND) for base in (2, 3, 5, 7))


def test_a_modulus_of_the_flawed_generator_is_told() -> None:
    """A16: its owner's private key can be computed from it."""
    assert has_roca_fingerprint(FLAWED)
    assert not has_roca_fingerprint(FLAWED + 2)


def test_a_key_of_the_flawed_generator_is_refused_in_every_form() -> None:
    """A16: JWK, DER and set; an ordinary key of the same size passes."""
    attempts: list[Callable[[], Key]] = [
        lambda: Key.from_jwk(jwk(FLAWED)),
        lambda: Key.from_der(spki(FLAWED), alg="PS256"),
    ]
    for attempt in attempts:
        with pytest.raises(KeyMaterialError) as refusal:
            attempt()

        assert refusal.value.code == "weak_key"
    keys = KeySet.from_jwks({"keys": [jwk(FLAWED), Key.generate("RS256").to_jwk()]}, remote=True)
    assert len(keys) == 1
    assert [each.code for each in keys.skipped] == ["weak_key"]


def test_ordinary_moduli_pass() -> None:
    """210 of them, from the primes of eleven ordinary keys paired in every way."""
    numbers = [rsa.generate_private_key(65537, 2048).private_numbers() for _ in range(11)]
    primes = [prime for each in numbers for prime in (each.p, each.q)][:21]
    moduli = [first * second for first, second in combinations(primes, 2)]

    assert len(moduli) == 210
    assert not any(map(has_roca_fingerprint, moduli))


def test_the_table_says_how_many_powers_of_65537_there_are() -> None:
    for prime, order in _SUBGROUPS:
        assert len({pow(65537, exponent, prime) for exponent in range(prime - 1)}) == order


def test_one_ordinary_modulus_in_two_to_the_sixtyfifth_has_the_fingerprint() -> None:
    """Only primes below 354 are asked, so the test holds for M of the first 71 primes as well."""
    assert sum(log2((prime - 1) / order) for prime, order in _SUBGROUPS) > 65
    assert {prime for prime, _ in _SUBGROUPS} <= set(SMALL[:71])


def test_a_multiple_of_a_small_prime_has_none() -> None:
    """Zero is no power of anything."""
    assert not any(has_roca_fingerprint(prime * FLAWED) for prime, _ in _SUBGROUPS)
