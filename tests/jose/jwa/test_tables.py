"""The table of algorithms: exact names, nothing to add, nothing for nothing."""

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import (
    CONTENT_ENCRYPTIONS,
    KEY_MANAGEMENT_ALGORITHMS,
    SIGNATURE_ALGORITHMS,
    content_encryption,
    key_management,
    signature,
)
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS, PASSWORD_ALGORITHMS, SIGNATURE_OF_CURVE, key_algorithm


def test_every_algorithm_is_found_by_its_own_name() -> None:
    assert all(signature(name).name == name for name in SIGNATURE_ALGORITHMS)


def test_the_table_lists_the_signature_algorithms_of_the_standards() -> None:
    """RFC 7518 §3.1 (without "none"), RFC 8037 §3.1, RFC 8812 §3.2, RFC 9864 §2.2 and RFC 9964 §5."""
    assert set(SIGNATURE_ALGORITHMS) == {
        *("HS256", "HS384", "HS512"),
        *("RS256", "RS384", "RS512"),
        *("PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512", "ES256K"),
        *("Ed25519", "Ed448", "EdDSA"),
        *("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "None",
        "NONE",
        "nOnE",
        "hs256",
        "Hs256",
        "HS256 ",
        "",
        "HS1",
        "es256",
        "ES256k",
        "ED25519",
        "eddsa",
        "ml-dsa-44",
        "RSA-OAEP",
    ],
)
def test_no_other_spelling_is_an_algorithm(name: str) -> None:
    """A01: RFC 7515 §4.1.1: "alg" is case-sensitive; RFC 8725 §3.2: "none" is no algorithm of ours."""
    with pytest.raises(KeyMaterialError) as refusal:
        signature(name)

    assert refusal.value.code == "unsupported_algorithm"


def test_a_name_from_outside_is_not_quoted_at_length() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        signature("x" * 100_000)

    assert len(refusal.value.detail) < 100


def test_the_tables_do_not_change() -> None:
    with pytest.raises(TypeError):
        SIGNATURE_ALGORITHMS["none"] = SIGNATURE_ALGORITHMS["HS256"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        SIGNATURE_ALGORITHMS["HS256"].min_key_bits = 8  # type: ignore[misc]


def test_a_curve_settles_one_algorithm_and_never_the_old_name() -> None:
    """RFC 9864 §2.2: Ed25519 and Ed448 are the names; "EdDSA" settles no curve."""
    assert {curve: algorithm.name for curve, algorithm in SIGNATURE_OF_CURVE.items()} == {
        "P-256": "ES256",
        "P-384": "ES384",
        "P-521": "ES512",
        "secp256k1": "ES256K",
        "Ed25519": "Ed25519",
        "Ed448": "Ed448",
    }


def test_the_tables_list_the_algorithms_for_encryption_of_the_standards() -> None:
    """RFC 7518 §4.1 (without RSA1_5) and §5.1; RSA-OAEP-384 and -512 are in the IANA registry; HPKE is of a draft."""
    hpke = tuple(f"HPKE-{number}" for number in range(8))
    assert set(KEY_MANAGEMENT_ALGORITHMS) == {
        *("RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"),
        *("A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"),
        *("dir", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"),
        *PASSWORD_ALGORITHMS,
        *hpke,
        *(f"{name}-KE" for name in hpke),
    }
    assert set(PASSWORD_ALGORITHMS) == {"PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"}
    assert set(CONTENT_ENCRYPTIONS) == {
        *("A128GCM", "A192GCM", "A256GCM"),
        *("A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"),
    }
    assert all(key_management(name).name == name for name in KEY_MANAGEMENT_ALGORITHMS)
    assert all(content_encryption(name).name == name for name in CONTENT_ENCRYPTIONS)


def test_a_key_can_be_bound_to_all_of_them_and_no_name_means_two() -> None:
    tables = (SIGNATURE_ALGORITHMS, KEY_MANAGEMENT_ALGORITHMS, CONTENT_ENCRYPTIONS)

    assert set(KEY_ALGORITHMS) == {name for table in tables for name in table}
    assert len(KEY_ALGORITHMS) == sum(map(len, tables))
    assert key_algorithm("A128GCM").name == "dir"


@pytest.mark.parametrize("name", ["RSA1_5", "none", "a128kw", "A128KW ", "HS256", "A128GCM", ""])
def test_no_other_spelling_manages_keys(name: str) -> None:
    """RFC 7516 §4.1.1; threat D08."""
    with pytest.raises(KeyMaterialError) as refusal:
        key_management(name)

    assert refusal.value.code == "unsupported_algorithm"


@pytest.mark.parametrize("name", ["A128CBC", "a128gcm", "dir", "none", "A128KW", ""])
def test_no_other_spelling_encrypts_content(name: str) -> None:
    """RFC 7516 §4.1.2."""
    with pytest.raises(KeyMaterialError) as refusal:
        content_encryption(name)

    assert refusal.value.code == "unsupported_algorithm"
