"""A key comes from a file, standard input or the environment, its password also from a prompt: never an argument."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.tooling import EXPECTED, done, failed, key_file, public_file, run, token_of
from tokensmith.cli.key_options import complete_algorithms
from tokensmith.cli.main import tokensmith
from tokensmith.jose import Key
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS

KEY = Key.generate("ES256")
ENCRYPTED = KEY.to_pem(private=True, password="sesame")


def jwks_file(folder: Path, *jwks: object) -> Path:
    path = folder / "keys.json"
    path.write_text(json.dumps({"keys": jwks}))
    return path


def test_a_key_comes_from_the_environment() -> None:
    text = json.dumps(KEY.to_jwk())

    assert done("jwt", "verify", "--key-env", "THE_KEY", *EXPECTED, text=token_of(KEY), THE_KEY=text)
    assert "no variable" in failed(2, "jwt", "verify", "--key-env", "NO_KEY", *EXPECTED)


def test_one_key_is_named_once(tmp_path: Path) -> None:
    file = str(public_file(tmp_path, KEY))

    assert "Say where the key is" in failed(2, "jwt", "verify", *EXPECTED)
    assert "Say where the key is" in failed(2, "jwt", "verify", "--key", file, "--key-env", "THE_KEY", *EXPECTED)
    assert "either --jwks or" in failed(2, "jwt", "verify", "--key", file, "--jwks", file, *EXPECTED)


def test_standard_input_is_read_once() -> None:
    """A key and a token one after another would be one file."""
    assert "can be read once" in failed(2, "jwt", "verify", "--key", "-", *EXPECTED, text=json.dumps(KEY.to_jwk()))
    assert "can be read once" in failed(2, "jwt", "verify", "--jwks", "-", *EXPECTED, text="{}")


def test_a_set_finds_the_key_and_names_what_it_left_out(tmp_path: Path) -> None:
    file = jwks_file(tmp_path, Key.generate("ES256").to_jwk(), KEY.to_jwk(), {"kty": "XY"})
    result = run("jwt", "verify", "--jwks", file, *EXPECTED, text=token_of(KEY))

    assert result.exit_code == 0
    assert "Key 2 of the set is left out: The key type is not supported. [unsupported_key]" in result.stderr


def test_a_set_and_a_key_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    """Each has its option."""
    keys, key = jwks_file(tmp_path, KEY.to_jwk()), public_file(tmp_path, KEY)

    assert "malformed_key_set" in failed(2, "jwt", "verify", "--jwks", key, *EXPECTED, text=token_of(KEY))
    assert "a set of keys" in failed(2, "jwt", "verify", "--key", keys, *EXPECTED, text=token_of(KEY))


@pytest.mark.parametrize("alg", ["PS256", "EdDSA", "ES256"])
def test_an_algorithm_fills_the_gap_of_keys_in_a_set(tmp_path: Path, alg: str) -> None:
    """RSA keys that name none, and Edwards keys where tokens still say EdDSA."""
    key = Key.generate(alg, kid="k1")
    jwk = key.to_jwk()
    del jwk["alg"]
    file = jwks_file(tmp_path, jwk, Key.generate("ECDH-ES").to_jwk())

    assert done("jwt", "verify", "--jwks", file, "--alg", alg, *EXPECTED, text=token_of(key))


@pytest.mark.parametrize("options", [["--password-file", "FILE"], ["--password-env", "PASSWORD"]])
def test_a_password_comes_from_a_file_or_the_environment(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "password").write_text("sesame\n")
    filled = [str(tmp_path / "password") if each == "FILE" else each for each in options]

    assert json.loads(done("jwk", "public", *filled, text=ENCRYPTED, PASSWORD="sesame"))["x"] == KEY.to_jwk()["x"]


def command(*arguments: str, stdin: int, stderr: int) -> "subprocess.Popen[bytes]":
    """Start the real command in a session of its own, so that the only terminal it can find is the one it is given."""
    return subprocess.Popen(
        [sys.executable, "-m", "tokensmith", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )


def test_a_password_is_asked_for_at_a_terminal_and_not_shown(tmp_path: Path) -> None:
    """Typed, and not echoed."""
    (tmp_path / "key.pem").write_text(ENCRYPTED)
    ours, theirs = pty.openpty()
    with command("jwk", "thumbprint", str(tmp_path / "key.pem"), stdin=theirs, stderr=theirs) as asking:
        seen = b""
        while b"Password of the key:" not in seen:
            seen += os.read(ours, 1024)
        os.write(ours, b"sesame\n")
        output, _ = asking.communicate(timeout=30)
    # What is typed would be echoed here.
    os.set_blocking(ours, False)
    seen += os.read(ours, 1024)
    os.close(theirs)
    os.close(ours)

    assert asking.returncode == 0
    assert output.decode().strip() == KEY.thumbprint()
    assert b"sesame" not in seen


def test_a_new_password_is_asked_for_twice(tmp_path: Path) -> None:
    """A slip of the finger would lock its owner out."""
    file, new = key_file(tmp_path, KEY), tmp_path / "key.pem"
    arguments = ("jwk", "convert", "--to", "pem", "--private", "--encrypt", "--output", str(new), str(file))
    ours, theirs = pty.openpty()
    with command(*arguments, stdin=theirs, stderr=theirs) as asking:
        seen = b""
        for prompt in (b"New password:", b"Once more:"):
            while prompt not in seen:
                seen += os.read(ours, 1024)
            os.write(ours, b"sesame\n")
        asking.communicate(timeout=30)
    os.close(theirs)
    os.close(ours)

    assert asking.returncode == 0
    assert Key.from_pem(new.read_text(), password="sesame").thumbprint() == KEY.thumbprint()


def test_without_a_terminal_a_new_password_is_not_made_up(tmp_path: Path) -> None:
    """Nor left out."""
    arguments = ("jwk", "convert", "--to", "pem", "--private", "--encrypt", str(key_file(tmp_path, KEY)))
    with command(*arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as it:
        output, error = it.communicate(timeout=30)

    assert (it.returncode, output) == (2, b"")
    assert b"--new-password-file FILE" in error


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    """The token on standard input is not read as a password."""
    (tmp_path / "key.pem").write_text(ENCRYPTED)
    with command(
        "jwk", "thumbprint", str(tmp_path / "key.pem"), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as it:
        _, error = it.communicate(timeout=30)

    assert it.returncode == 2
    assert b"code    password" in error
    assert b"--password-file FILE" in error


def test_no_option_takes_a_secret() -> None:
    """Of all the options of all token tools, none is called after a secret it would hold."""
    context = tokensmith.make_context("tokensmith", ["jwt"], resilient_parsing=True)
    names = {
        option
        for group in ("jwk", "jwe", "jws", "jwt")
        for each in tokensmith.get_command(context, group).commands.values()  # type: ignore[union-attr]
        for parameter in each.params
        for option in parameter.opts
    }

    assert {name for name in names if "password" in name or "secret" in name or "token" in name} == {
        "--password-file",
        "--password-env",
        "--new-password-file",
        "--new-password-env",
    }


def test_shells_are_offered_the_algorithms() -> None:
    offered = [item.value for item in complete_algorithms(None, None, "ES")]  # type: ignore[arg-type]

    assert offered == [name for name in KEY_ALGORITHMS if name.startswith("ES")] != []


def test_an_algorithm_nobody_has_is_named_beside_those_there_are(tmp_path: Path) -> None:
    stderr = failed(2, "jwt", "verify", "--key", key_file(tmp_path, KEY), "--alg", "es256", *EXPECTED)

    assert "alg is one of" in stderr
