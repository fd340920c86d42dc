"""New keys, sized by their algorithm."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tokensmith.jose.jwa import signature
from tokensmith.jose.jwk import Key
from tokensmith.jose.jwk.generate import generate_key_object, random_kid


@pytest.mark.parametrize(("alg", "octets"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_secret_is_as_long_as_the_hash(alg: str, octets: int) -> None:
    """RFC 7518 §3.2."""
    first, second = (generate_key_object(signature(alg)) for _ in range(2))

    assert isinstance(first, bytes)
    assert len(first) == octets
    assert first != second


@pytest.mark.parametrize("bits", [None, 3072])
def test_an_rsa_key_has_2048_bits_unless_asked_for_more(bits: int | None) -> None:
    key = generate_key_object(signature("RS256"), rsa_bits=bits or 2048)

    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == (bits or 2048)
    assert key.public_key().public_numbers().e == 65537


@pytest.mark.parametrize("bits", [0, 1024, 2047, 16_385])
def test_an_rsa_key_of_another_size_is_not_made(bits: int) -> None:
    with pytest.raises(ValueError, match="rsa_bits"):
        Key.generate("RS256", rsa_bits=bits)


def test_the_kid_of_a_pair_is_its_thumbprint() -> None:
    """RFC 7638 §1 names this use."""
    key = Key.generate("ES256")

    assert key.kid == key.thumbprint()


def test_the_kid_of_a_secret_says_nothing_of_it() -> None:
    """RFC 7638 §7: a digest of a secret helps whoever guesses it."""
    key = Key.generate("HS256")

    assert key.kid not in (None, key.thumbprint())
    assert random_kid() != random_kid()


def test_a_kid_may_be_given() -> None:
    assert Key.generate("HS256", kid="2026-01").kid == "2026-01"


def test_a_new_key_is_for_what_its_algorithm_does() -> None:
    assert Key.generate("ES256").to_jwk()["use"] == "sig"
    assert Key.generate("ECDH-ES").to_jwk()["use"] == "enc"


@pytest.mark.parametrize("crv", [None, "P-256", "P-384", "P-521", "X25519", "X448"])
def test_a_key_for_agreement_is_on_the_curve_asked_for(crv: str | None) -> None:
    """RFC 7518 §4.6 and RFC 8037 §3.2."""
    key = Key.generate("ECDH-ES+A256KW", crv=crv)

    assert key.to_jwk()["crv"] == (crv or "P-256")
    assert key.kty == ("OKP" if crv in {"X25519", "X448"} else "EC")


def test_the_old_name_has_two_curves() -> None:
    assert Key.generate("EdDSA").to_jwk()["crv"] == "Ed25519"
    assert Key.generate("EdDSA", crv="Ed448").to_jwk()["crv"] == "Ed448"


@pytest.mark.parametrize(
    ("alg", "crv"), [("ES256", "P-384"), ("ECDH-ES", "Ed25519"), ("RS256", "P-256"), ("A128KW", "")]
)
def test_a_curve_the_algorithm_does_not_work_with_is_a_mistake(alg: str, crv: str) -> None:
    with pytest.raises(ValueError, match="crv is"):
        Key.generate(alg, crv=crv)


@pytest.mark.parametrize(("alg", "octets"), [("A128KW", 16), ("A192GCMKW", 24), ("dir", 32), ("A256CBC-HS512", 64)])
def test_a_secret_for_encryption_has_the_length_of_its_algorithm(alg: str, octets: int) -> None:
    key = Key.generate(alg)

    assert len(str(key.to_jwk(private=True)["k"])) == -(-octets * 4 // 3)


@pytest.mark.parametrize("alg", ["PBES2-HS256+A128KW", "PBES2-HS512+A256KW"])
def test_a_password_that_nobody_types_has_256_bits(alg: str) -> None:
    assert len(str(Key.generate(alg).to_jwk(private=True)["k"])) == 43


@pytest.mark.parametrize("alg", ["none", "es256", "", "RSA"])
def test_an_unknown_algorithm_is_a_mistake_in_the_program(alg: str) -> None:
    with pytest.raises(ValueError, match="alg is one of"):
        Key.generate(alg)


def test_misuse_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        Key.generate(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Key.generate("ES256", kid=1)  # type: ignore[arg-type]
