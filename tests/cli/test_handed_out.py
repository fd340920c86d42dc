"""What goes out, and into which files."""

import stat
from pathlib import Path

from tests.cli.tooling import done, failed, run
from tokensmith.cli.handed_out import hand_out
from tokensmith.jose import Key


def test_a_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """From its first byte on: a private key that was public for a moment was public."""
    result = run("jwk", "generate", "ES256", "--output", tmp_path / "key.json")

    assert (result.exit_code, result.stdout) == (0, "")
    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600
    assert Key.from_jwk((tmp_path / "key.json").read_bytes()).is_private


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """A key that was written over cannot be made again."""
    (tmp_path / "key.json").write_text("precious")

    assert "exists already" in failed(2, "jwk", "generate", "ES256", "--output", tmp_path / "key.json")
    assert (tmp_path / "key.json").read_text() == "precious"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Somebody else may have put it there, to have the key where they read it."""
    (tmp_path / "key.json").symlink_to(tmp_path / "elsewhere")

    assert "exists already" in failed(2, "jwk", "generate", "ES256", "--output", tmp_path / "key.json")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "Cannot make" in failed(2, "jwk", "generate", "ES256", "-o", tmp_path / "none" / "key.json")


def test_text_ends_with_a_line_and_bytes_as_they_are(tmp_path: Path) -> None:
    hand_out("text", output=str(tmp_path / "a"))
    hand_out("text\n", output=str(tmp_path / "b"))
    hand_out(b"\x00", output=str(tmp_path / "c"))

    assert [(tmp_path / name).read_bytes() for name in "abc"] == [b"text\n", b"text\n", b"\x00"]


def test_bytes_pass_through_a_pipe_unchanged(tmp_path: Path) -> None:
    """Whatever they are."""
    done("jwk", "generate", "HS256", "-o", tmp_path / "key")
    token = done("jws", "sign", "--key", tmp_path / "key", text=b"\x00\xff\r\n")
    result = run("jws", "verify", "--key", tmp_path / "key", text=token)

    assert result.stdout_bytes == b"\x00\xff\r\n"
