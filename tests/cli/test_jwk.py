"""`tokensmith jwk`."""

import json
from pathlib import Path

import pytest

from tests.cli.tooling import done, failed, key_file, run
from tokensmith.jose import Key
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS, PASSWORD_ALGORITHMS

KEY = Key.generate("ES256")
PRIVATE = json.dumps(KEY.to_jwk(private=True))


# One of the RSA family is enough: its keys take long to make.
QUICK = [alg for alg in KEY_ALGORITHMS if not alg.startswith(("RS", "PS")) and alg not in PASSWORD_ALGORITHMS]


@pytest.mark.parametrize("alg", [*QUICK, "PS256"])
def test_a_new_key_is_for_the_algorithm_asked_for(alg: str) -> None:
    """Private, with a kid."""
    jwk = json.loads(done("jwk", "generate", alg))
    key = Key.from_jwk(jwk, alg=alg)

    assert (key.enc or key.alg, key.is_private, key.kid is not None) == ("A256GCM" if alg == "dir" else alg, True, True)


def test_a_new_key_has_the_kid_and_size_asked_for() -> None:
    jwk = json.loads(done("jwk", "generate", "RS256", "--kid", "k1", "--bits", "3072"))

    assert jwk["kid"] == "k1"
    assert len(jwk["n"]) == 3072 // 8 * 4 // 3


def test_a_new_key_is_on_the_curve_asked_for() -> None:
    """Where its algorithm works with several."""
    assert json.loads(done("jwk", "generate", "ECDH-ES", "--crv", "X25519"))["crv"] == "X25519"
    assert "crv is one of" in failed(2, "jwk", "generate", "ES256", "--crv", "P-521")


@pytest.mark.parametrize(("arguments", "said"), [(["none"], "alg is one of"), (["RS256", "--bits", "2047"], "--bits")])
def test_a_weak_key_is_not_made(arguments: list[str], said: str) -> None:
    assert said in failed(2, "jwk", "generate", *arguments)


def test_the_public_half_has_no_private_member() -> None:
    jwk = json.loads(done("jwk", "public", text=PRIVATE))

    assert jwk == KEY.to_jwk()
    assert "d" not in jwk


def test_the_public_half_of_a_set_is_that_of_each_key() -> None:
    """Secrets are left out, and what cannot be read is named."""
    keys = [KEY.to_jwk(private=True), Key.generate("HS256").to_jwk(private=True), {"kty": "XY"}]
    result = run("jwk", "public", text=json.dumps({"keys": keys}))

    assert json.loads(result.stdout) == {"keys": [KEY.to_jwk()]}
    assert "Key 2 is left out" in result.stderr


def test_a_secret_has_no_public_half() -> None:
    assert "--private" in failed(2, "jwk", "public", text=json.dumps(Key.generate("HS256").to_jwk(private=True)))


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    """§3.1: the example's key and its thumbprint; the key's "alg" plays no part."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3o"
        "knjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZH"
        "zu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU"
        "8awapJzKnqDKgw"
    )
    jwk = json.dumps({"kty": "RSA", "n": modulus, "e": "AQAB"})

    assert done("jwk", "thumbprint", text=jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n"


def test_a_thumbprint_may_be_a_uri_and_of_another_hash() -> None:
    assert done("jwk", "thumbprint", "--uri", text=PRIVATE) == KEY.thumbprint_uri() + "\n"
    assert done("jwk", "thumbprint", "--hash", "sha-512", text=PRIVATE) == KEY.thumbprint(hash_name="sha-512") + "\n"


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("form", ["jwk", "pem", "der"])
def test_forms_lead_back_to_the_key(form: str, private: bool) -> None:
    """Private only where that is said."""
    flags = ["--private"] if private else []
    written = run("jwk", "convert", "--to", form, *flags, text=PRIVATE).stdout_bytes
    back = json.loads(done("jwk", "convert", "--to", "jwk", *flags, "--kid", str(KEY.kid), text=written))

    assert ("d" in back) is private
    assert (b"PRIVATE" in written or b'"d"' in written or form == "der") or not private
    assert Key.from_jwk(back).thumbprint() == KEY.thumbprint()
    assert back["kid"] == KEY.kid


@pytest.mark.parametrize("form", ["pem", "der"])
def test_a_private_key_is_encrypted_where_that_is_said(tmp_path: Path, form: str) -> None:
    """And opens with that password alone."""
    (tmp_path / "password").write_text("sesame\n")
    options = ["--to", form, "--private", "--encrypt", "--new-password-file", tmp_path / "password"]
    written = run("jwk", "convert", *options, text=PRIVATE).stdout_bytes

    assert failed(2, "jwk", "thumbprint", "--password-env", "PASSWORD", text=written, PASSWORD="other")
    assert (
        done("jwk", "thumbprint", "--password-env", "PASSWORD", text=written, PASSWORD="sesame")
        == f"{KEY.thumbprint()}\n"
    )


def test_an_empty_password_encrypts_nothing() -> None:
    """It would look like protection."""
    options = ["--to", "pem", "--private", "--encrypt", "--new-password-env", "EMPTY"]

    assert failed(2, "jwk", "convert", *options, text=PRIVATE, EMPTY="")


@pytest.mark.parametrize("options", [["--to", "pem"], ["--to", "jwk", "--private"]])
def test_only_private_pem_and_der_are_encrypted(options: list[str]) -> None:
    assert "--encrypt belongs to" in failed(2, "jwk", "convert", *options, "--encrypt", text=PRIVATE)


@pytest.mark.parametrize("option", ["--new-password-file", "--new-password-env"])
def test_a_new_password_without_encryption_is_refused(option: str) -> None:
    """The key would be written in the clear by somebody who thinks it is not."""
    arguments = ("jwk", "convert", "--to", "pem", "--private", option, "PASSWORD")

    assert "belongs to --encrypt" in failed(2, *arguments, text=PRIVATE, PASSWORD="sesame")


def test_a_public_key_has_no_private_form() -> None:
    assert "not_private" in failed(2, "jwk", "convert", "--to", "pem", "--private", text=json.dumps(KEY.to_jwk()))


def test_pem_needs_no_algorithm_and_a_jwk_does(tmp_path: Path) -> None:
    """A JWK without "alg" is one that the next reader has to guess about."""
    pem = Key.generate("RS256").to_pem(private=True)

    assert "PUBLIC KEY" in done("jwk", "convert", "--to", "pem", text=pem)
    assert "PUBLIC KEY" in done("jwk", "convert", "--to", "pem", "--alg", "PS256", text=pem)
    assert "--alg NAME" in failed(2, "jwk", "convert", "--to", "jwk", text=pem)
    assert json.loads(done("jwk", "convert", "--to", "jwk", "--alg", "PS256", text=pem))["alg"] == "PS256"


def test_a_key_is_read_from_a_file(tmp_path: Path) -> None:
    assert done("jwk", "thumbprint", key_file(tmp_path, KEY)) == f"{KEY.thumbprint()}\n"


def test_a_broken_key_is_named_by_its_code() -> None:
    assert "malformed_key" in failed(2, "jwk", "public", text="nothing")
    assert "malformed_key" in failed(2, "jwk", "public", text="{")


def test_lint_names_what_is_weak() -> None:
    """Advice alone is no failure."""
    bare = {name: value for name, value in KEY.to_jwk().items() if name != "kid"}
    secret = json.dumps({"keys": [KEY.to_jwk(private=True)]})

    assert "advice   K02" in done("jwk", "lint", text=json.dumps(bare))
    assert "K02" not in done("jwk", "lint", "--ignore", "K02", text=json.dumps(bare))
    assert run("jwk", "lint", text=secret).exit_code == 1
    assert json.loads(run("jwk", "lint", "--json", text=secret).stdout)["findings"][0]["rule"] == "K05"


def test_lint_opens_an_encrypted_key() -> None:
    pem = KEY.to_pem(private=True, password="sesame")

    assert done("jwk", "lint", "--password-env", "PASSWORD", text=pem, PASSWORD="sesame") == "No weakness found.\n"
