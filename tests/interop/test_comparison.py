"""What docs/comparison.md says of algorithms, asked of the libraries themselves: three others, and ours."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

import jwt as pyjwt
import pytest
from joserfc.jwe import JWERegistry
from joserfc.jws import JWSRegistry
from jwcrypto import jwe as jwcrypto_jwe  # type: ignore[import-untyped]
from jwcrypto import jws as jwcrypto_jws
from jwcrypto.jwa import JWA  # type: ignore[import-untyped]

from tests.architecture.test_comparison import own_cells, section, table
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS

# From a row to the names of its algorithms, where the row does not consist of them.
NAMES: Final[Mapping[str, list[str]]] = MappingProxyType(
    {
        "EdDSA, the older name of both": ["EdDSA"],
        "Brainpool curves": ["BP256R1", "BP384R1", "BP512R1"],
        "ECDH-ES on P-256, P-384, P-521": ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"],
        "PBES2, a key from a password": ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
        "AES-CBC with HMAC": ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"],
        "AES-GCM": ["A128GCM", "A192GCM", "A256GCM"],
    }
)
SIGNATURES: Final = [
    *("HS256, HS384, HS512", "RS256, RS384, RS512", "PS256, PS384, PS512", "ES256, ES384, ES512", "ES256K"),
    *("Ed25519", "Ed448", "EdDSA, the older name of both", "ML-DSA-44, ML-DSA-65, ML-DSA-87", "Brainpool curves"),
]
ENCRYPTION: Final = [
    *("RSA-OAEP, RSA-OAEP-256", "RSA-OAEP-384, RSA-OAEP-512", "A128KW, A192KW, A256KW"),
    *("A128GCMKW, A192GCMKW, A256GCMKW", "dir", "ECDH-ES on P-256, P-384, P-521", "PBES2, a key from a password"),
    *("AES-CBC with HMAC", "AES-GCM", "RSA1_5"),
]


def said(heading: str, *, library: str) -> dict[str, str]:
    """Read one library's column of a table."""
    columns, *rows = table(section(heading))
    return {row[0]: row[columns.index(library)] for row in rows}


def word(row: str, *, taken: Collection[str], known: Collection[str]) -> str:
    """Say what a cell has to say of algorithms that are taken unasked, or known and taken when they are named."""
    names = NAMES.get(row, row.split(", "))
    if not set(names).issubset(known):
        return "no"
    return "opt-in" if set(names).isdisjoint(taken) else "yes"


@pytest.mark.parametrize("row", SIGNATURES)
def test_pyjwt_signs_with_what_the_page_says(row: str) -> None:
    every = pyjwt.algorithms.get_default_algorithms().keys()

    assert said("Signatures", library="PyJWT")[row] == word(row, taken=every, known=every)


@pytest.mark.parametrize("row", SIGNATURES)
def test_joserfc_signs_with_what_the_page_says(row: str) -> None:
    taken, known = JWSRegistry.recommended, JWSRegistry.algorithms.keys()

    assert said("Signatures", library="joserfc")[row] == word(row, taken=taken, known=known)


@pytest.mark.parametrize("row", SIGNATURES)
def test_jwcrypto_signs_with_what_the_page_says(row: str) -> None:
    taken, known = jwcrypto_jws.default_allowed_algs, JWA.algorithms_registry.keys()

    assert said("Signatures", library="jwcrypto")[row] == word(row, taken=taken, known=known)


@pytest.mark.parametrize("row", ENCRYPTION)
def test_joserfc_encrypts_with_what_the_page_says(row: str) -> None:
    known = [*JWERegistry.algorithms["alg"], *JWERegistry.algorithms["enc"]]

    assert said("Encryption", library="joserfc")[row] == word(row, taken=JWERegistry.recommended, known=known)


@pytest.mark.parametrize("row", ENCRYPTION)
def test_jwcrypto_encrypts_with_what_the_page_says(row: str) -> None:
    taken, known = jwcrypto_jwe.default_allowed_algs, JWA.algorithms_registry.keys()

    assert said("Encryption", library="jwcrypto")[row] == word(row, taken=taken, known=known)


@pytest.mark.parametrize("row", [*SIGNATURES, *ENCRYPTION])
def test_we_have_what_the_page_says(row: str) -> None:
    every = KEY_ALGORITHMS.keys()

    assert (own_word(row) == "yes") is (word(row, taken=every, known=every) == "yes")


@pytest.mark.parametrize(
    ("row", "beginning"),
    [
        ("`none`", "none"),
        ("HPKE (draft)", "HPKE"),
        ("ML-KEM (draft)", "ML-KEM"),
        ("ECDH-1PU (draft)", "ECDH-1PU"),
        ("C20P, XC20P (drafts)", "C20P"),
        ("C20P, XC20P (drafts)", "XC20P"),
    ],
)
def test_what_we_have_by_now_is_not_called_missing(row: str, beginning: str) -> None:
    """Nor left out: whoever adds an algorithm is reminded of the page."""
    assert (own_word(row) == "yes") is any(name.startswith(beginning) for name in KEY_ALGORITHMS)


def own_word(row: str) -> str:
    """Read our own cell."""
    return next(cell["word"] for what, cell in own_cells() if what == row and cell is not None)
