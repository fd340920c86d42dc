"""`tokensmith jwe`."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.tooling import AUDIENCE, EXPECTED, ISSUER, done, failed, key_file, public_file, run
from tests.jose.jwe.tokens import header_of
from tokensmith.cli.given import MAX_PAYLOAD_BYTES
from tokensmith.jose import Key, jwe, jwt

RECIPIENT = Key.generate("ECDH-ES+A256KW")
SIGNING = Key.generate("ES256")
PASSWORD = "correct horse battery staple"
BY_PASSWORD = ("--alg", "PBES2-HS512+A256KW")
BY_PASSWORD_FROM = (*BY_PASSWORD, "--password-env", "PASSWORD")
ENCRYPT = ("jwe", "encrypt")
DECRYPT = ("jwe", "decrypt")


def jwks_file(folder: Path, *keys: Key) -> Path:
    path = folder / "keys.json"
    path.write_text(json.dumps({"keys": [key.to_jwk(private=True) for key in keys]}))
    return path


def test_what_is_encrypted_is_decrypted(tmp_path: Path) -> None:
    """The bytes on standard output; beside it, what was not checked (D18)."""
    options = ("--key", public_file(tmp_path, RECIPIENT), "--typ", "a", "--cty", "b")
    token = done(*ENCRYPT, *options, text=b"any \x00 bytes\n")
    result = run(*DECRYPT, "--key", key_file(tmp_path, RECIPIENT), text=token)

    assert (result.exit_code, result.stdout_bytes) == (0, b"any \x00 bytes\n")
    assert result.stderr == f"Decrypted with ECDH-ES+A256KW key {RECIPIENT.kid}; who wrote it was NOT checked.\n"
    assert header_of(token) | {"epk": 0} == {
        "alg": "ECDH-ES+A256KW",
        "kid": RECIPIENT.kid,
        "epk": 0,
        "enc": "A256GCM",
        "typ": "a",
        "cty": "b",
    }


def test_it_works_as_real_processes(tmp_path: Path) -> None:
    """As a shell runs it: signed, encrypted, decrypted, verified."""
    script = (
        "set -e -o pipefail\n"
        'ts() { "$PYTHON" -m tokensmith "$@"; }\n'
        "ts jwk generate ES256 > key.json; ts jwk public < key.json > public.json\n"
        "ts jwk generate ECDH-ES --crv X25519 > r.json; ts jwk public < r.json > r-public.json\n"
        'echo \'{"sub":"ada"}\' | ts jwt sign --key key.json --issuer i --audience a |\n'
        "  ts jwe encrypt --key r-public.json --cty JWT > token\n"
        "ts jwe decrypt --key r.json < token | ts jwt verify --key public.json --issuer i --audience a\n"
    )
    finished = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=tmp_path,
        env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["sub"] == "ada"
    assert "who wrote it was NOT checked" in finished.stderr


@pytest.mark.parametrize("cty", ["JWT", "application/jwt"])
def test_a_signed_token_is_encrypted_without_its_line_end(tmp_path: Path, cty: str) -> None:
    """RFC 7519 §7.2, step 9: no verifier takes the line end, and every pipe adds one."""
    signed = jwt.sign({"sub": "ada"}, SIGNING, issuer=ISSUER, audience=AUDIENCE)
    token = done(*ENCRYPT, "--key", public_file(tmp_path, RECIPIENT), "--cty", cty, text=f"{signed}\n")
    verifier = jwt.Verifier(SIGNING.public(), issuer=ISSUER, audience=AUDIENCE)

    assert jwt.NestedVerifier(verifier, RECIPIENT).verify(token.strip()).inner.claims.subject == "ada"


def test_a_nested_token_is_no_verified_one(tmp_path: Path) -> None:
    """D18: `jwt verify` checks signatures, and this has none."""
    token = jwe.encrypt(b'{"sub":"ada"}', RECIPIENT.public())

    assert "malformed" in failed(1, "jwt", "verify", "--key", key_file(tmp_path, SIGNING), *EXPECTED, text=token)


# --- keys


@pytest.mark.parametrize(("alg", "enc"), [("A256KW", "A256GCM"), ("A128CBC-HS256", "A128CBC-HS256")])
def test_a_shared_secret_will_do(tmp_path: Path, alg: str, enc: str) -> None:
    """One for "dir" brings its content encryption along."""
    key = Key.generate(alg)
    file = key_file(tmp_path, key)
    token = done(*ENCRYPT, "--key", file, text="x")

    assert header_of(token)["enc"] == enc
    assert done(*DECRYPT, "--key", file, text=token) == "x"


def test_a_key_comes_from_the_environment() -> None:
    text = json.dumps(RECIPIENT.to_jwk(private=True))
    token = done(*ENCRYPT, "--key-env", "THE_KEY", text="x", THE_KEY=text)

    assert done(*DECRYPT, "--key-env", "THE_KEY", text=token, THE_KEY=text) == "x"


def test_of_a_set_one_key_is_for_encryption(tmp_path: Path) -> None:
    keys = jwks_file(tmp_path, SIGNING, RECIPIENT)
    token = done(*ENCRYPT, "--jwks", keys, text="x")

    assert header_of(token)["kid"] == RECIPIENT.kid
    assert done(*DECRYPT, "--jwks", keys, text=token) == "x"


def test_of_several_the_id_names_one(tmp_path: Path) -> None:
    other = Key.generate("A256KW", kid="other")
    keys = jwks_file(tmp_path, SIGNING, RECIPIENT, other)

    assert header_of(done(*ENCRYPT, "--jwks", keys, "--kid", "other", text="x"))["kid"] == "other"
    assert "has 2 such keys" in failed(2, *ENCRYPT, "--jwks", keys, text="x")
    assert "has 0 such keys" in failed(2, *ENCRYPT, "--jwks", keys, "--kid", str(SIGNING.kid), text="x")


def test_a_key_for_signatures_neither_encrypts_nor_decrypts(tmp_path: Path) -> None:
    file = key_file(tmp_path, SIGNING)
    token = jwe.encrypt(b"x", RECIPIENT.public())

    assert "code    key_operation" in failed(2, *ENCRYPT, "--key", file, text="x")
    assert "code    key_operation" in failed(2, *DECRYPT, "--key", file, text=token)
    assert "code    key_operation" in failed(2, *DECRYPT, "--key", public_file(tmp_path, RECIPIENT), text=token)


def test_a_key_has_to_be_named() -> None:
    """A password only where the algorithm is one for passwords."""
    assert "Say where the key is" in failed(2, *ENCRYPT, text="x")
    assert "Say where the key is" in failed(2, *ENCRYPT, "--password-env", "PASSWORD", text="x", PASSWORD=PASSWORD)
    assert "Say where the key is" in failed(2, *DECRYPT, "--alg", "A256KW", text="x")


# --- passwords


def test_a_password_takes_the_place_of_a_key(tmp_path: Path) -> None:
    """RFC 7518 §4.8, where --alg says so; the first line of a file, or a variable."""
    (tmp_path / "password").write_text(f"{PASSWORD}\nmore\n")
    token = done(*ENCRYPT, *BY_PASSWORD, "--password-file", tmp_path / "password", "--kid", "p", text="x")

    assert header_of(token)["kid"] == "p"
    assert done(*DECRYPT, *BY_PASSWORD_FROM, text=token, PASSWORD=PASSWORD) == "x"


def test_a_file_named_as_key_holds_the_password_as_well(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    token = done(*ENCRYPT, *BY_PASSWORD, "--key", tmp_path / "password", text="x")

    assert done(*DECRYPT, *BY_PASSWORD_FROM, text=token, PASSWORD=PASSWORD) == "x"


def test_a_wrong_password_is_a_refusal() -> None:
    """RFC 7516 §11.5: it looks like any other failure."""
    token = done(*ENCRYPT, *BY_PASSWORD_FROM, text="x", PASSWORD=PASSWORD)
    stderr = failed(1, *DECRYPT, *BY_PASSWORD_FROM, text=token, PASSWORD=PASSWORD + "r")

    assert stderr.startswith("Error: NOT DECRYPTED.")
    assert "code    decryption_failed" in stderr


def test_a_short_password_is_none() -> None:
    """RFC 7518 §8.8."""
    assert "code    weak_key" in failed(2, *ENCRYPT, *BY_PASSWORD_FROM, text="x", PASSWORD="15 characters..")


@pytest.mark.parametrize("command", [ENCRYPT, DECRYPT])
def test_standard_input_is_read_once(command: tuple[str, ...]) -> None:
    """A password and a token one after another would be one file."""
    assert "can be read once" in failed(2, *command, *BY_PASSWORD, "--password-file", "-", text=PASSWORD)


@pytest.mark.parametrize("command", [ENCRYPT, DECRYPT])
def test_without_a_terminal_nobody_is_asked(command: tuple[str, ...]) -> None:
    """What is on standard input is not read as a password."""
    arguments = [sys.executable, "-m", "tokensmith", *command, *BY_PASSWORD]
    finished = subprocess.run(arguments, input=b"x", capture_output=True, check=False, start_new_session=True)

    assert (finished.returncode, finished.stdout) == (2, b"")
    assert b"--password-file FILE" in finished.stderr


def test_a_password_is_asked_for_at_a_terminal(tmp_path: Path) -> None:
    """Twice where something is encrypted with it: a slip would cost what is in it."""
    (tmp_path / "plain").write_text("x")
    at_terminal(*ENCRYPT, *BY_PASSWORD, "-o", "token", "plain", prompts=("New password:", "Once more:"), cwd=tmp_path)
    at_terminal(*DECRYPT, *BY_PASSWORD, "-o", "again", "token", prompts=("Password:",), cwd=tmp_path)

    assert (tmp_path / "again").read_text() == "x"


def at_terminal(*arguments: str, prompts: tuple[str, ...], cwd: Path) -> None:
    """Run a command that asks for the password, and answer each prompt."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tokensmith", *arguments], stdin=theirs, stderr=theirs, cwd=cwd, start_new_session=True
    ) as asking:
        seen = b""
        for prompt in prompts:
            while prompt.encode() not in seen:
                seen += os.read(ours, 1024)
            os.write(ours, f"{PASSWORD}\n".encode())
        asking.wait(timeout=30)
    os.close(theirs)
    os.close(ours)
    assert asking.returncode == 0, seen


# --- forms and sizes


def test_json_is_said(tmp_path: Path) -> None:
    """RFC 7516 §7.2.2; the caller names the form, the token does not (E04)."""
    token = done(*ENCRYPT, "--key", public_file(tmp_path, RECIPIENT), "--json", text="x")
    file = key_file(tmp_path, RECIPIENT)

    assert json.loads(token).keys() == {"protected", "encrypted_key", "iv", "ciphertext", "tag"}
    assert done(*DECRYPT, "--key", file, "--json", text=token) == "x"
    assert "code    malformed" in failed(1, *DECRYPT, "--key", file, text=token)
    assert "code    json" in failed(1, *DECRYPT, "--key", file, "--json", text=jwe.encrypt(b"x", RECIPIENT.public()))


def test_the_content_encryption_is_chosen_and_limited(tmp_path: Path) -> None:
    """RFC 8725 §3.1."""
    file = key_file(tmp_path, RECIPIENT)
    token = done(*ENCRYPT, "--key", file, "--enc", "A128GCM", text="x")
    accepting = (*DECRYPT, "--key", file, "--enc", "A256GCM")

    assert "code    unsupported_algorithm" in failed(1, *accepting, text=token)
    assert done(*accepting, "--enc", "A128GCM", text=token) == "x"
    assert "Invalid value for '--enc'" in failed(2, *ENCRYPT, "--key", file, "--enc", "A256", text="x")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_document_is_decrypted_as_it_was_encrypted(tmp_path: Path, form: list[str]) -> None:
    """Also above the library's ceiling, which is meant for HTTP headers."""
    file, payload = key_file(tmp_path, RECIPIENT), bytes(MAX_PAYLOAD_BYTES)
    (tmp_path / "document").write_text(done(*ENCRYPT, "--key", file, *form, text=payload))
    result = run(*DECRYPT, "--key", file, *form, tmp_path / "document")

    assert (result.exit_code, result.stdout_bytes) == (0, payload)


def test_a_document_that_could_not_be_decrypted_is_not_encrypted(tmp_path: Path) -> None:
    stderr = failed(2, *ENCRYPT, "--key", key_file(tmp_path, RECIPIENT), text=bytes(MAX_PAYLOAD_BYTES + 1))

    assert "more than 3000000 bytes" in stderr


def test_a_changed_token_hands_out_nothing(tmp_path: Path) -> None:
    """Not one byte of the plaintext, and nothing of the token."""
    token = jwe.encrypt(b"secret", RECIPIENT.public())
    stderr = failed(1, *DECRYPT, "--key", key_file(tmp_path, RECIPIENT), text=token[:-22] + "A" * 22)

    assert "code    decryption_failed" in stderr
    assert token.split(".")[3] not in stderr


HPKE = "draft-ietf-jose-hpke-encrypt-20"


@pytest.mark.parametrize("alg", ["HPKE-0", "HPKE-3-KE"])
def test_a_draft_has_to_be_named_on_either_side(tmp_path: Path, alg: str) -> None:
    """Its names may mean another thing tomorrow."""
    recipient = Key.generate(alg)
    public, private = public_file(tmp_path, recipient), key_file(tmp_path, recipient)
    token = done(*ENCRYPT, "--key", public, "--draft", HPKE, text=b"any")

    assert done(*DECRYPT, "--key", private, "--draft", HPKE, text=token) == "any"
    assert "of a draft" in failed(2, *ENCRYPT, "--key", public, text=b"any")
    assert "NOT DECRYPTED" in failed(1, *DECRYPT, "--key", private, text=token)
    assert HPKE in failed(2, *ENCRYPT, "--key", public, "--draft", "draft-ietf-jose-hpke-encrypt-19")


def test_what_is_compressed_is_decompressed_where_that_is_asked_for(tmp_path: Path) -> None:
    """D11: off unless named."""
    token = jwe.encrypt(b"any", RECIPIENT.public(), header={"zip": "DEF"})
    private = key_file(tmp_path, RECIPIENT)

    assert done(*DECRYPT, "--key", private, "--zip", "DEF", text=token) == "any"
    assert "NOT DECRYPTED" in failed(1, *DECRYPT, "--key", private, text=token)
