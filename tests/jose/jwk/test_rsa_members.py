"""RSA keys as JWK members (RFC 7518 §6.3)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import write_octets, write_unsigned
from tokensmith.jose.jwk.rsa_members import read_rsa, write_rsa

KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
PRIVATE = write_rsa(KEY)
PUBLIC = write_rsa(KEY.public_key())
CRT = ("p", "q", "dp", "dq", "qi")


def refusal_of(jwk: dict[str, str]) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        read_rsa(jwk)
    return refusal.value.code


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in PRIVATE.items() if name not in names}


def test_both_halves_come_out_as_they_went_in() -> None:
    assert write_rsa(read_rsa(PRIVATE)) == PRIVATE
    assert write_rsa(read_rsa(PUBLIC)) == PUBLIC
    assert isinstance(read_rsa(PRIVATE), rsa.RSAPrivateKey)
    assert isinstance(read_rsa(PUBLIC), rsa.RSAPublicKey)


def test_the_public_half_is_written_without_secrets() -> None:
    assert set(PUBLIC) == {"kty", "n", "e"}


def test_the_primes_are_found_from_the_private_exponent() -> None:
    """RFC 7518 §6.3.2: "d" alone is a private key."""
    found = read_rsa(without(*CRT))

    assert isinstance(found, rsa.RSAPrivateKey)
    assert {found.private_numbers().p, found.private_numbers().q} == {KEY.private_numbers().p, KEY.private_numbers().q}


@pytest.mark.parametrize("missing", CRT)
def test_the_prime_members_come_all_or_none(missing: str) -> None:
    """RFC 7518 §6.3.2: "if any of them are present then all of them MUST be"."""
    assert refusal_of(without(missing)) == "malformed_key"


def test_the_prime_members_do_not_come_without_the_private_exponent() -> None:
    assert refusal_of(without("d")) == "malformed_key"


@pytest.mark.parametrize("name", ["d", *CRT])
def test_a_private_member_of_another_key_is_refused(name: str) -> None:
    """A17: A private half that does not belong to the public one signs what nobody can verify, or leaks a prime."""
    assert refusal_of(PRIVATE | {name: write_rsa(OTHER)[name]}) == "malformed_key"


def test_a_public_half_of_another_key_is_refused() -> None:
    """A17: the same mix-up, seen from the other half."""
    assert refusal_of(PRIVATE | {"n": write_rsa(OTHER)["n"]}) == "malformed_key"


@pytest.mark.parametrize("exponent", [1, 3, 65537])
def test_a_lone_private_exponent_that_does_not_match_is_refused(exponent: int) -> None:
    """A17: nothing but "d" to find the primes from, and it leads to none."""
    assert refusal_of(without(*CRT) | {"d": write_unsigned(exponent)}) == "malformed_key"


def test_a_lone_private_exponent_is_below_the_modulus() -> None:
    assert refusal_of(without(*CRT) | {"d": PRIVATE["n"]}) == "malformed_key"


def test_a_prime_is_no_modulus() -> None:
    """A17: e·d = 1 modulo n-1, so all fits but there being two primes, which one could look for very long."""
    prime = 2**2203 - 1
    jwk = {"kty": "RSA", "n": write_unsigned(prime), "e": "AQAB", "d": write_unsigned(pow(65537, -1, prime - 1))}

    assert refusal_of(jwk) == "malformed_key"
    assert (
        refusal_of(jwk | {"p": write_unsigned(prime), "q": "AQ", "dp": "AQ", "dq": "AQ", "qi": "AQ"}) == "malformed_key"
    )


def test_more_than_two_primes_are_not_supported() -> None:
    """RFC 7518 §6.3.2.7."""
    assert refusal_of(PRIVATE | {"oth": "x"}) == "unsupported_key"


@pytest.mark.parametrize("name", ["n", "e", "d", "p"])
def test_a_number_with_a_leading_zero_is_refused(name: str) -> None:
    """RFC 7518 §6.3.1.1: "implementers have found that some libraries prefix an extra zero-valued octet"."""
    padded = write_octets(b"\0" + base64url.decode(PRIVATE[name]))

    assert refusal_of(PRIVATE | {name: padded}) == "malformed_key"


@pytest.mark.parametrize("name", ["n", "e"])
def test_a_public_member_has_to_be_there(name: str) -> None:
    assert refusal_of({member: value for member, value in PUBLIC.items() if member != name}) == "malformed_key"


def test_small_and_huge_keys_are_refused_before_any_work() -> None:
    small = write_rsa(rsa.generate_private_key(65537, 1024))

    assert refusal_of(small) == "weak_key"
    assert refusal_of(PUBLIC | {"e": write_unsigned(1)}) == "weak_key"
    assert refusal_of(PUBLIC | {"n": write_octets(b"\xff" * 2049)}) == "oversized_key"
    assert refusal_of(PRIVATE | {"p": write_octets(b"\xff" * 2049)}) == "oversized_key"


@pytest.mark.parametrize("name", ["k", "priv"])
def test_secrets_of_another_key_type_are_refused(name: str) -> None:
    """A17: two keys in one JWK; which of them is meant depends on the reader."""
    assert refusal_of(PUBLIC | {name: "c2VjcmV0"}) == "malformed_key"
