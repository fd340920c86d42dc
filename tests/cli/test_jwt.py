"""`tokensmith jwt sign` and `verify`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.tooling import AUDIENCE, EXPECTED, ISSUER, done, failed, key_file, public_file, run, token_of
from tokensmith.jose import Key, jws, jwt
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK

KEY = Key.generate("ES256")
SIGN = ("jwt", "sign", "--key")
VERIFY = ("jwt", "verify", "--key")


def test_what_is_signed_is_verified(tmp_path: Path) -> None:
    """The claims as JSON on standard output, beside it who says so."""
    options = ("--issuer", ISSUER, "--audience", AUDIENCE, "--lifetime", "15m")
    token = done(*SIGN, key_file(tmp_path, KEY), *options, text='{"sub":"ada"}')
    result = run(*VERIFY, public_file(tmp_path, KEY), *EXPECTED, text=token)
    claims = json.loads(result.stdout)

    assert result.exit_code == 0
    assert (claims["sub"], claims["iss"], claims["aud"]) == ("ada", ISSUER, AUDIENCE)
    assert claims["exp"] - claims["iat"] == 900
    assert result.stderr == f"VERIFIED with ES256 key {KEY.kid}.\n"


def test_the_documented_pipe_works_as_real_processes(tmp_path: Path) -> None:
    """As a shell runs it."""
    script = (
        "set -e -o pipefail\n"
        'ts() { "$PYTHON" -m tokensmith "$@"; }\n'
        "ts jwk generate ES256 > key.json\n"
        "ts jwk public < key.json > pub.json\n"
        'echo \'{"sub":"ada"}\' | ts jwt sign --key key.json --issuer i --audience a --lifetime 15m > token\n'
        "ts jwt verify --key pub.json --issuer i --audience a < token\n"
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
    assert "VERIFIED with ES256" in finished.stderr


@pytest.mark.parametrize(("audience", "claim"), [([], None), (["a"], "a"), (["a", "b"], ["a", "b"])])
def test_an_audience_is_one_name_or_several(tmp_path: Path, audience: list[str], claim: object) -> None:
    options = [word for name in audience for word in ("--audience", name)]
    token = done(*SIGN, key_file(tmp_path, KEY), *options, "--typ", "at+jwt", text="{}")
    unverified = jwt.read_unverified(token.strip())

    assert unverified.unverified_claims.to_dict().get("aud") == claim
    assert unverified.unverified_header["typ"] == "at+jwt"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ("", "no JSON object"),
        ("[]", "not_an_object"),
        ('{"sub":"a","sub":"b"}', "duplicate_member"),
        ('{"exp":"soon"}', "registered claim"),
    ],
)
def test_claims_that_nobody_could_verify_are_not_signed(tmp_path: Path, claims: str, said: str) -> None:
    assert said in failed(2, *SIGN, key_file(tmp_path, KEY), text=claims)


@pytest.mark.parametrize("lifetime", ["0", "soon"])
def test_a_lifetime_is_a_length_of_time(tmp_path: Path, lifetime: str) -> None:
    assert "lifetime" in failed(2, *SIGN, key_file(tmp_path, KEY), "--lifetime", lifetime, text="{}")


@pytest.mark.parametrize(
    ("claims", "options", "code"),
    [
        ({}, ["--issuer", "https://other.example", "--audience", AUDIENCE], "wrong_issuer"),
        ({}, ["--issuer", ISSUER, "--audience", "https://other.example"], "wrong_audience"),
        ({}, [*EXPECTED, "--typ", "at+jwt"], "wrong_type"),
        ({}, [*EXPECTED, "--require", "scope"], "missing_claim"),
        ({"exp": 1}, EXPECTED, "expired"),
        ({"nbf": 9_999_999_999}, EXPECTED, "not_yet_valid"),
    ],
)
def test_a_token_that_is_not_good_is_status_1_with_its_code(
    tmp_path: Path, claims: dict[str, int], options: list[str], code: str
) -> None:
    """Nothing of it on standard output, and not the whole of it anywhere."""
    token = token_of(KEY, **claims)
    stderr = failed(1, *VERIFY, public_file(tmp_path, KEY), *options, text=token)

    assert f"code    {code}" in stderr
    assert stderr.startswith("Error: NOT VERIFIED.")
    assert all(part not in stderr for part in token.split("."))


def test_a_token_of_another_key_is_refused(tmp_path: Path) -> None:
    """By its kid, or by its signature where the key has none."""
    other = Key.generate("ES256")
    (tmp_path / "other.pem").write_text(other.to_pem())

    assert "unknown_key" in failed(1, *VERIFY, public_file(tmp_path, other), *EXPECTED, text=token_of(KEY))
    assert "invalid_signature" in failed(1, *VERIFY, tmp_path / "other.pem", *EXPECTED, text=token_of(KEY))


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--issuer", ISSUER],
        ["--audience", AUDIENCE],
        [*EXPECTED, "--any-issuer"],
        [*EXPECTED, "--any-audience"],
    ],
)
def test_issuer_and_audience_are_said_or_waived_in_words(tmp_path: Path, options: list[str]) -> None:
    """Neither, and both at once, is no answer."""
    assert "Say either --" in failed(2, *VERIFY, public_file(tmp_path, KEY), *options, text=token_of(KEY))


def test_what_was_waived_is_said(tmp_path: Path) -> None:
    """Whoever reads "VERIFIED" reads for what it was not."""
    result = run(*VERIFY, public_file(tmp_path, KEY), "--any-issuer", "--any-audience", text=token_of(KEY))

    assert result.exit_code == 0
    assert "The issuer was NOT checked, as --any-issuer says.\n" in result.stderr
    assert "The audience was NOT checked, as --any-audience says.\n" in result.stderr


@pytest.mark.parametrize(("leeway", "status"), [("9m", 1), ("10m", 0)])
def test_leeway_forgives_a_clock(tmp_path: Path, leeway: str, status: int) -> None:
    """Ten minutes at most."""
    claims = {"iat": 0, "exp": int(SYSTEM_CLOCK.now()) - 570}
    arguments = (*VERIFY, public_file(tmp_path, KEY), *EXPECTED, "--leeway")

    assert run(*arguments, leeway, text=token_of(KEY, **claims)).exit_code == status
    assert "leeway is 0 to 600" in failed(2, *arguments, "601s", text=token_of(KEY))


def test_a_token_without_expiry_passes_only_where_that_is_said(tmp_path: Path) -> None:
    token = jws.sign(b'{"sub":"ada"}', KEY)
    arguments = (*VERIFY, public_file(tmp_path, KEY), "--any-issuer", "--any-audience")

    assert "missing_claim" in failed(1, *arguments, text=token)
    assert json.loads(done(*arguments, "--allow-no-exp", text=token)) == {"sub": "ada"}


def test_a_shared_secret_is_named_with_its_algorithm(tmp_path: Path) -> None:
    """A bare one, as services keep them."""
    (tmp_path / "secret").write_text("correct horse battery staple and some more\n")
    token = done(*SIGN, tmp_path / "secret", "--alg", "HS256", "--issuer", ISSUER, "--audience", AUDIENCE, text="{}")

    assert done(*VERIFY, tmp_path / "secret", "--alg", "HS256", *EXPECTED, text=token)


@pytest.mark.parametrize("command", ["inspect", "lint"])
def test_looking_says_that_nothing_was_verified(command: str) -> None:
    """In words for people, as a member for programs."""
    assert "NOT VERIFIED" in done("jwt", command, text=f" Bearer {token_of(KEY)}\n")
    assert json.loads(done("jwt", command, "--json", text=token_of(KEY)))["verified"] is False


@pytest.mark.parametrize("command", ["inspect", "lint"])
@pytest.mark.parametrize("text", ["opaque", "a.b", "a.b.c.d.e", '{"payload":"","signatures":[]}'])
def test_what_is_no_token_is_status_1(command: str, text: str) -> None:
    assert "code    malformed" in failed(1, "jwt", command, text=text)


def test_a_forgery_is_looked_at_all_the_same() -> None:
    """That is what looking is for."""
    head, claims, _ = token_of(KEY).split(".")

    assert "ada" in done("jwt", "inspect", text=f"{head}.{claims}.AAAA")


def test_lint_ends_with_1_where_something_is_serious() -> None:
    unsigned = "eyJhbGciOiJub25lIn0.e30."
    result = run("jwt", "lint", text=unsigned)

    assert result.exit_code == 1
    assert "serious  L01" in result.stdout
    assert run("jwt", "inspect", text=unsigned).exit_code == 0
