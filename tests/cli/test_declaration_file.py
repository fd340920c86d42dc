"""The file, and the keys beside it."""

import json
from pathlib import Path

import pytest

from tokensmith.cli.declaration_file import read_file
from tokensmith.jose import Key
from tokensmith.server.domain.errors import DeclarationError

SIGNER = '[clients.signer]\ngrant_types = ["client_credentials"]\ntoken_endpoint_auth_method = "private_key_jwt"\n'


def refused(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(DeclarationError) as caught:
        read_file(path)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clients.toml"


def test_keys_lie_beside_the_file(path: Path) -> None:
    """Wherever the command is run."""
    (path.parent / "keys").mkdir()
    jwks = {"keys": [dict(Key.generate("ES256").public().to_jwk())]}
    (path.parent / "keys" / "signer.json").write_text(json.dumps(jwks, indent=2))
    path.write_text(f'{SIGNER}jwks_file = "keys/signer.json"')
    (signer,) = read_file(path).clients

    assert signer.client.registration.jwks is not None
    assert json.loads(signer.client.registration.jwks) == jwks


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ('jwks_file = "none.json"', "[clients.signer] jwks_file: cannot be read: No such file"),
        ('jwks_file = "clients.toml"', "[clients.signer] jwks_file: "),
        ("jwks_file = 1", "[clients.signer] jwks_file: is the name of a file"),
        ('jwks_file = "a"\njwks = { keys = [] }', "in the place of jwks"),
    ],
)
def test_keys_that_cannot_be_read_are_named(path: Path, members: str, said: str) -> None:
    assert said in refused(path, SIGNER + members)


def test_a_private_key_is_no_client_s(path: Path) -> None:
    (path.parent / "key.json").write_text(json.dumps({"keys": [dict(Key.generate("ES256").to_jwk(private=True))]}))

    assert "public keys" in refused(path, f'{SIGNER}jwks_file = "key.json"')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[clients", "is no TOML: "),
        ("[clients.a]\n[clients.a]\n", "is no TOML: "),
        ("clients = 1", "clients: Expected `object`"),
        ("[clients]\na = 1", "Expected `object`"),
    ],
)
def test_what_is_no_file_of_declarations_is_refused(path: Path, text: str, said: str) -> None:
    assert said in refused(path, text)


def test_a_file_that_is_no_text_or_no_file_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff")
    with pytest.raises(DeclarationError, match="is no TOML"):
        read_file(path)
    with pytest.raises(DeclarationError, match="cannot be read: Is a directory"):
        read_file(path.parent)
