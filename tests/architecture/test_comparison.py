"""The comparison with other libraries: each word about us leads to its test, and nothing we lack goes unsaid."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest

from tests.architecture.tree import TESTS, TOP, functions, parse

PAGE: Final = (TOP / "docs" / "comparison.md").read_text()
CELL: Final = re.compile(r"\[(?P<word>yes|left out|missing)\]\[(?P<name>[a-z0-9-]+)\]")
PROOFS: Final = list(
    re.finditer(
        r'^\[(?P<name>[a-z0-9-]+)\]: (?P<path>\.\./tests/\S+\.py) "(?P<function>test_\w+)"$', PAGE, re.MULTILINE
    )
)
BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
PIN: Final = re.compile(r"^(pyjwt|joserfc|jwcrypto)==(\S+)", re.MULTILINE)

ROWS: Final[Mapping[str, list[str]]] = MappingProxyType(
    {
        "Signatures": [
            "HS256, HS384, HS512",
            "RS256, RS384, RS512",
            "PS256, PS384, PS512",
            "ES256, ES384, ES512",
            "ES256K",
            "Ed25519",
            "Ed448",
            "EdDSA, the older name of both",
            "ML-DSA-44, ML-DSA-65, ML-DSA-87",
            "Brainpool curves",
            "`none`",
            "Short HMAC secrets refused",
            "RSA keys below 2048 bits refused",
            "A key used for its own `alg` alone",
            "`use` and `key_ops` of a JWK obeyed",
        ],
        "Encryption": [
            "RSA-OAEP, RSA-OAEP-256",
            "RSA-OAEP-384, RSA-OAEP-512",
            "A128KW, A192KW, A256KW",
            "A128GCMKW, A192GCMKW, A256GCMKW",
            "dir",
            "ECDH-ES on P-256, P-384, P-521",
            "ECDH-ES on X25519",
            "ECDH-ES on X448",
            "PBES2, a key from a password",
            "Ceiling on hashing a password",
            "AES-CBC with HMAC",
            "AES-GCM",
            "Compression (`zip`)",
            "Ceiling on what is decompressed",
            "`zip` from the protected header alone",
            "A key used for its own `alg` alone",
            "Every failure of decryption alike",
            "RSA1_5",
            "HPKE (draft)",
            "ML-KEM (draft)",
            "ECDH-1PU (draft)",
            "C20P, XC20P (drafts)",
        ],
        "Containers and keys": [
            "JWS, compact",
            "JWS in JSON, flattened",
            "JWS in JSON, several signatures",
            "All of several have to hold",
            "One of several is enough",
            "JWE, compact",
            "JWE in JSON, flattened",
            "JWE in JSON, several recipients",
            "A header for one recipient of several",
            "Detached payload",
            "Unencoded payload (RFC 7797)",
            "JWK: oct, RSA, EC",
            "JWK: OKP",
            "JWK: AKP",
            "Thumbprint (RFC 7638)",
            "Thumbprint as URI (RFC 9278)",
            "A published key set fetched",
            "Fetched without blocking an event loop",
            "Kept, renewed, and not asked for too often",
            "No redirect followed",
            "Ceiling on its size",
            "Kept keys handed to the next process",
            "PEM",
            "DER",
            "OpenSSH public keys",
            "OpenSSH private keys",
            "Key of an X.509 certificate",
            "Chain checked against authorities (`x5c`)",
            "Certificate belongs to the JWK (`x5c`, `x5t`)",
            "Encrypted private keys",
            "New keys",
            "Key pair derived from a secret",
        ],
        "Tokens": [
            "`exp`, `nbf`, `iat`",
            "`iss`, `aud`",
            "`sub`",
            "`typ` of the header",
            "Claims that have to be there",
            "Greatest age",
            "Clock difference forgiven",
            "A clock of one's own",
            "Checks of one's own",
            "Everything that is wrong, at once",
            "Claims in a type of one's own",
            "Signed, then encrypted, in one step",
            "Claims that are encrypted alone",
            "Access tokens (RFC 9068)",
            "SD-JWT (RFC 9901)",
            "DPoP proofs (RFC 9449)",
            "Token Status List",
            "`at_hash` and `c_hash` of ID tokens",
            "A command",
            "Asynchronous functions in the library",
            "Payloads in a stream",
            "Memory for verified tokens",
            "Ceilings on what comes in",
            "Types that a checker reads",
        ],
    }
)
"""Every row there has to be: one that is taken out because we lost it would not be missed otherwise."""


def section(heading: str) -> str:
    """Find what stands below a heading."""
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    """Read the rows of the first table in a text; the first row has the names of the columns."""
    found = re.search(r"^\|.*?(?=^$)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    lines = [line for line in found[0].splitlines() if not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def own_cells() -> list[tuple[str, re.Match[str] | None]]:
    """Go through the rows of all tables: what is compared, and our own cell as far as it has its form."""
    return [(row[0], CELL.fullmatch(row[1])) for heading in ROWS for row in table(section(heading))[1:]]


@pytest.mark.parametrize("heading", ROWS)
def test_a_table_has_all_its_rows(heading: str) -> None:
    """In their order, each once."""
    assert [row[0] for row in table(section(heading))[1:]] == ROWS[heading]


@pytest.mark.parametrize("heading", ROWS)
def test_every_library_has_a_cell_in_every_row(heading: str) -> None:
    first, *others = table(section(heading))

    assert first[:2] == ["What", "Tokensmith"]
    assert [row for row in others if len(row) != len(first) or "" in row] == []


def test_each_of_our_cells_leads_to_a_proof() -> None:
    """Each to its own, and there is no proof that nobody points to."""
    assert [what for what, cell in own_cells() if cell is None] == []
    pointed_to = sorted(cell["name"] for _, cell in own_cells() if cell is not None)

    assert pointed_to == sorted(proof["name"] for proof in PROOFS)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof["name"])
def test_a_proof_is_a_test_that_exists(proof: re.Match[str]) -> None:
    """In that file, under that name."""
    path = (TOP / "docs" / proof["path"]).resolve()

    assert path.is_relative_to(TESTS)
    assert proof["function"] in {function.name for function in functions(parse(path))}


@pytest.mark.parametrize(("word", "heading"), [("left out", "Left out on purpose"), ("missing", "Missing today")])
def test_what_we_lack_is_explained(word: str, heading: str) -> None:
    """Left out with a reason, or said to be missing; and nothing is excused that is there."""
    lacking = [what for what, cell in own_cells() if cell is not None and cell["word"] == word]
    explained = [name.rstrip(":") for name in BOLD.findall(section(heading))]

    assert explained == lacking


def test_the_libraries_are_of_the_versions_we_test_with() -> None:
    """Of those from Python that are installed: the page speaks of a newer one after somebody has looked."""
    pinned = dict(PIN.findall((TOP / "requirements" / "dev.txt").read_text()))
    named = {row[0].lower(): row[1] for row in table(PAGE)}

    assert set(pinned) == {"pyjwt", "joserfc", "jwcrypto"}
    assert pinned.items() <= named.items()
