"""The table of algorithms: exact names, nothing to add, nothing for nothing."""

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import SIGNATURE_ALGORITHMS, signature
from tokensmith.jose.jwa.tables import SIGNATURE_OF_CURVE


def test_every_algorithm_is_found_by_its_own_name() -> None:
    assert all(signature(name).name == name for name in SIGNATURE_ALGORITHMS)


def test_the_table_lists_the_signature_algorithms_of_the_standards() -> None:
    """RFC 7518 §3.1 (without "none"), RFC 8037 §3.1 and RFC 9864 §2.2."""
    assert set(SIGNATURE_ALGORITHMS) == {
        *("HS256", "HS384", "HS512"),
        *("RS256", "RS384", "RS512"),
        *("PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512"),
        *("Ed25519", "Ed448", "EdDSA"),
    }


@pytest.mark.parametrize(
    "name",
    ["none", "None", "NONE", "nOnE", "hs256", "Hs256", "HS256 ", "", "HS1", "es256", "ED25519", "eddsa", "RSA-OAEP"],
)
def test_no_other_spelling_is_an_algorithm(name: str) -> None:
    """RFC 7515 §4.1.1: "alg" is case-sensitive; RFC 8725 §3.2: "none" is no algorithm of ours."""
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
        "Ed25519": "Ed25519",
        "Ed448": "Ed448",
    }
