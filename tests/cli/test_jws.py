"""`tokensmith jws`."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.tooling import done, failed, key_file, public_file, run
from tokensmith.cli.given import MAX_PAYLOAD_BYTES
from tokensmith.jose import Key, jws

KEY = Key.generate("ES256")


def test_what_is_signed_is_verified(tmp_path: Path) -> None:
    """The bytes on standard output, what was checked beside it."""
    token = done("jws", "sign", "--key", key_file(tmp_path, KEY), "--typ", "a", "--cty", "b", text=b"any \x00 bytes")
    result = run("jws", "verify", "--key", public_file(tmp_path, KEY), text=token)

    assert (result.exit_code, result.stdout_bytes) == (0, b"any \x00 bytes")
    assert result.stderr == f"Signature VERIFIED with ES256 key {KEY.kid}; nothing else was checked.\n"
    assert dict(jws.verify(token.strip(), KEY).header) == {"alg": "ES256", "kid": KEY.kid, "typ": "a", "cty": "b"}


@pytest.mark.parametrize("size", [65_536, MAX_PAYLOAD_BYTES])
def test_a_document_is_verified_as_it_was_signed(tmp_path: Path, size: int) -> None:
    """Also above the library's ceiling, which is meant for HTTP headers."""
    payload = bytes(size)
    (tmp_path / "document.jws").write_text(done("jws", "sign", "--key", key_file(tmp_path, KEY), text=payload))
    result = run("jws", "verify", "--key", public_file(tmp_path, KEY), tmp_path / "document.jws")

    assert (result.exit_code, result.stdout_bytes) == (0, payload)


def test_a_document_that_could_not_be_verified_is_not_signed(tmp_path: Path) -> None:
    stderr = failed(2, "jws", "sign", "--key", key_file(tmp_path, KEY), text=bytes(MAX_PAYLOAD_BYTES + 1))

    assert "more than 3000000 bytes" in stderr


def test_a_set_of_keys_will_do(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [KEY.to_jwk()]}))

    assert done("jws", "verify", "--jwks", tmp_path / "keys.json", text=jws.sign(b"x", KEY)) == "x"


def test_a_key_without_an_id_is_named_by_its_algorithm(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(KEY.to_pem())
    result = run("jws", "verify", "--key", tmp_path / "key.pem", text=jws.sign(b"x", KEY))

    assert "VERIFIED with ES256 key;" in result.stderr


def test_a_forgery_hands_out_nothing(tmp_path: Path) -> None:
    """Not one byte of the payload."""
    head, _, signature = jws.sign(b"good", KEY).split(".")
    stderr = failed(1, "jws", "verify", "--key", public_file(tmp_path, KEY), text=f"{head}.ZXZpbA.{signature}")

    assert "NOT VERIFIED" in stderr
    assert "invalid_signature" in stderr


def test_a_public_key_cannot_sign(tmp_path: Path) -> None:
    assert "key_operation" in failed(2, "jws", "sign", "--key", public_file(tmp_path, KEY), text="x")


@pytest.mark.parametrize(("payload", "status"), [(b"\x1b[2J", 2), (b"\xff", 2), (b"text\n\tZo\xc3\xab", 0)])
def test_bytes_that_are_no_text_do_not_go_to_a_terminal(tmp_path: Path, payload: bytes, status: int) -> None:
    """They could steer it, and are of no use there."""
    (tmp_path / "token").write_text(jws.sign(payload, KEY))
    key = public_file(tmp_path, KEY)
    ours, theirs = pty.openpty()
    done_ = subprocess.run(
        [sys.executable, "-m", "tokensmith", "jws", "verify", "--key", key, tmp_path / "token"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    os.close(ours)

    assert done_.returncode == status
    assert (b"no text" in done_.stderr) is (status == 2)


# --- forms


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_signature_beside_a_file(tmp_path: Path, form: list[str]) -> None:
    """RFC 7515 Appendix F; the bytes are there already, and written only where somebody says so."""
    report, signature = tmp_path / "report", tmp_path / "report.sig"
    report.write_bytes(b"any \x00 bytes")
    signature.write_text(done("jws", "sign", "--key", key_file(tmp_path, KEY), "--detached", *form, report))
    verify = ("jws", "verify", "--key", public_file(tmp_path, KEY), "--detached", report, *form, signature)
    result = run(*verify)

    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert result.stderr.startswith("Signature VERIFIED with ES256")
    assert done(*verify, "--output", tmp_path / "verified") == ""
    assert (tmp_path / "verified").read_bytes() == b"any \x00 bytes"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_file_that_was_changed_does_not_fit_its_signature(tmp_path: Path, form: list[str]) -> None:
    (tmp_path / "report").write_text("bad")
    token = done("jws", "sign", "--key", key_file(tmp_path, KEY), "--detached", *form, text="good")
    stderr = failed(
        1, "jws", "verify", "--key", public_file(tmp_path, KEY), "--detached", tmp_path / "report", *form, text=token
    )

    assert "code    invalid_signature" in stderr


def test_a_payload_comes_from_one_place(tmp_path: Path) -> None:
    """In the token and beside it, two readers could take different ones."""
    (tmp_path / "report").write_text("x")
    verify = ("jws", "verify", "--key", public_file(tmp_path, KEY))

    assert "code    payload_source" in failed(1, *verify, "--detached", tmp_path / "report", text=jws.sign(b"x", KEY))
    assert "code    payload_source" in failed(
        1, *verify, "--json", text=json.dumps(jws.sign_json(b"x", KEY, detached=True))
    )
    assert "can be read once" in failed(2, *verify, "--detached", "-", text=jws.sign(b"x", KEY, detached=True))


def test_json_is_said(tmp_path: Path) -> None:
    """RFC 7515 §7.2.2; the caller names the form, the token does not (E04)."""
    key = public_file(tmp_path, KEY)
    token = done("jws", "sign", "--key", key_file(tmp_path, KEY), "--json", "--typ", "a", text="x")

    assert json.loads(token).keys() == {"payload", "protected", "signature"}
    assert jws.verify_json(token, KEY).signatures[0].header.typ == "a"
    assert done("jws", "verify", "--key", key, "--json", text=token) == "x"
    assert "NOT VERIFIED" in failed(1, "jws", "verify", "--key", key, text=token)
    assert "NOT VERIFIED" in failed(1, "jws", "verify", "--key", key, "--json", text=jws.sign(b"x", KEY))


def test_each_signature_that_held_is_named(tmp_path: Path) -> None:
    """All have to."""
    other = Key.generate("Ed25519")
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [KEY.to_jwk(), other.to_jwk()]}))
    token = json.dumps(jws.sign_json(b"x", [KEY, other]))
    result = run("jws", "verify", "--jwks", tmp_path / "keys.json", "--json", text=token)

    assert (result.exit_code, result.stdout) == (0, "x")
    assert [line.split()[3] for line in result.stderr.splitlines()] == ["ES256", "Ed25519"]
    assert "algorithm_mismatch" in failed(1, "jws", "verify", "--key", public_file(tmp_path, KEY), "--json", text=token)
