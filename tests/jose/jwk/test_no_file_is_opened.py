"""A key is what its octets are; where they might lie on a disk is nobody's business here (CVE-2021-41106)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tokensmith.jose.errors import KeyMaterialError, UnknownKeyError
from tokensmith.jose.jwk import Key, KeySet

KEY = Key.generate("ES256")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A key in each of its forms, readable for everybody."""
    contents = {
        "key.pem": KEY.to_pem(private=True),
        "key.jwk": json.dumps(KEY.to_jwk(private=True)),
        "keys.jwks": json.dumps(KeySet([KEY]).to_jwks()),
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    return [tmp_path / name for name in contents]


def test_the_name_of_a_file_is_no_key(files: list[Path]) -> None:
    """A18: whoever may choose the text would choose the file."""
    loads: list[Any] = [Key.from_pem, Key.from_jwk, KeySet.from_jwks]
    for file in files:
        for name in (str(file), f"file://{file}", f"@{file}"):
            for load in loads:
                with pytest.raises(KeyMaterialError) as refusal:
                    load(name)

                assert refusal.value.code == "malformed_key"
            with pytest.raises(KeyMaterialError):
                Key.from_der(name.encode())


def test_the_name_of_a_file_in_a_jwk_is_no_key(files: list[Path]) -> None:
    """A18: not as a member's value either."""
    for member in ("x", "y", "d", "x5c"):
        for file in files:
            with pytest.raises(KeyMaterialError) as refusal:
                Key.from_jwk(KEY.to_jwk(private=True) | {member: str(file)})

            assert refusal.value.code == "malformed_key"


def test_a_path_object_is_a_mistake_in_the_program(files: list[Path]) -> None:
    """A18."""
    loads: list[Any] = [Key.from_pem, Key.from_der, Key.from_jwk, Key.from_secret, KeySet.from_jwks]
    for load in loads:
        with pytest.raises(TypeError):
            load(files[0])


def test_a_kid_is_compared_and_nothing_else(files: list[Path]) -> None:
    """A18, C07: a token whose kid names a file with a good key in it finds no key."""
    with pytest.raises(UnknownKeyError) as refusal:
        KeySet([KEY]).find({"alg": "ES256", "kid": str(files[0])})

    assert refusal.value.code == "unknown_key"
