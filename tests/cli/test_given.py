"""What comes in, and what may not come in on the command line."""

from pathlib import Path

import pytest
from click import UsageError

from tests.cli.tooling import EXPECTED, done, failed, key_file, token_of
from tokensmith.cli.given import MAX_BYTES, first_line, read_bytes
from tokensmith.jose import Key

KEY = Key.generate("ES256")


@pytest.mark.parametrize(
    "spelled",
    ["{}", "\n\t {} \r\n", "Bearer {}", "bearer   {}\n", "DPoP {}", "Authorization: Bearer {}\n", "authorization:{}"],
)
def test_a_token_is_found_behind_what_people_copy_with_it(tmp_path: Path, spelled: str) -> None:
    """White space, the scheme, the whole header."""
    text = spelled.format(token_of(KEY))

    assert done("jwt", "verify", "--key", key_file(tmp_path, KEY), *EXPECTED, text=text)


@pytest.mark.parametrize("text", ["", " \n", "Bearer "])
def test_nothing_is_no_token(tmp_path: Path, text: str) -> None:
    assert "There is no token" in failed(2, "jwt", "verify", "--key", key_file(tmp_path, KEY), *EXPECTED, text=text)


@pytest.mark.parametrize("command", [["jwt", "verify"], ["jwt", "sign"], ["jws", "verify"], ["jwk", "public"]])
@pytest.mark.parametrize("before", [[], ["Bearer"]])
def test_a_token_on_the_command_line_is_refused_and_not_repeated(command: list[str], before: list[str]) -> None:
    """Everybody on the machine sees arguments; a message with the token would also be in the log of whoever runs us."""
    token = token_of(KEY)
    stderr = failed(2, *command, *before, token)

    assert "never an argument" in stderr
    assert all(part not in stderr for part in token.split("."))


@pytest.mark.parametrize("secret", ['{"kty":"oct","k":"c2VjcmV0"}', "-----BEGIN PRIVATE KEY-----\nMIGH"])
@pytest.mark.parametrize("option", ["--key", "--jwks", "--password-file"])
def test_a_key_on_the_command_line_is_refused_and_not_repeated(secret: str, option: str) -> None:
    """The options take names of files."""
    stderr = failed(2, "jwt", "verify", *EXPECTED, option, secret)

    assert "never an argument" in stderr
    assert secret not in stderr


def test_a_file_that_is_not_there_is_not_called_by_its_name(tmp_path: Path) -> None:
    """What was typed there may have been the secret."""
    stderr = failed(2, "jwt", "verify", *EXPECTED, "--key", "correct horse battery staple")

    assert "Cannot read a key from the file named: No such file or directory." in stderr
    assert "horse" not in stderr


def test_two_files_are_refused_without_their_names() -> None:
    stderr = failed(2, "jwk", "public", "first", "second")

    assert "There is one FILE at most." in stderr
    assert "second" not in stderr


def test_input_is_read_up_to_a_ceiling(tmp_path: Path) -> None:
    """The ceiling itself is allowed."""
    file = tmp_path / "bytes"
    file.write_bytes(b"x" * MAX_BYTES)
    assert len(read_bytes(str(file), what="a token")) == MAX_BYTES

    file.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(UsageError, match="more than"):
        read_bytes(str(file), what="a token")


def test_a_file_is_read_instead_of_standard_input(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token_of(KEY))

    assert done("jwt", "verify", tmp_path / "token", "--key", "-", *EXPECTED, text=key_file(tmp_path, KEY).read_text())


@pytest.mark.parametrize("data", [b"secret", b"secret\n", b"secret\r\n", b"secret\nmore"])
def test_a_secret_ends_with_its_line(data: bytes) -> None:
    """Editors end files with a line end, which is nobody's password."""
    assert first_line(data) == b"secret"
