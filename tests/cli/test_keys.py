"""`tokensmith keys`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.operating import Operator
from tokensmith.cli.keys import keys
from tokensmith.jose import Key
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import read_sealing_file


def stages(operator: Operator) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in operator.do(keys, "list", "--json").splitlines()]
    return sorted((row["alg"], row["stage"]) for row in rows)


def test_keys_are_listed_with_their_stage(operator: Operator) -> None:
    assert stages(operator) == [("ES256", "active"), ("RS256", "active")]
    assert "ES256" in operator.do(keys, "list")
    assert "held" not in operator.do(keys, "list")


def test_a_successor_is_published_before_it_signs(operator: Operator) -> None:
    """For a JWK Set's lifetime; a second one would be one too many."""
    assert "it signs in 300 s" in operator.do(keys, "rotate")
    assert stages(operator) == [("ES256", "active"), ("ES256", "published"), ("RS256", "active")]
    assert "already" in operator.refused(keys, "rotate")
    assert operator.do(keys, "rotate", "--alg", "RS256")
    assert operator.run(keys, "rotate", "--alg", "HS256").exit_code == 2


def test_a_compromised_key_is_out_at_once_and_another_signs(operator: Operator) -> None:
    first = json.loads(operator.do(keys, "list", "--json").splitlines()[0])
    output = operator.do(keys, "retire", first["kid"], "--compromised")

    assert f"{first['kid']} is out" in output
    assert "signs from now on" in output
    assert (first["alg"], "compromised") in stages(operator)
    assert (first["alg"], "active") in stages(operator)


def test_retiring_has_to_be_meant(operator: Operator) -> None:
    """Every token that the key signed goes with it; where the time is merely up, `rotate` is enough."""
    assert operator.run(keys, "retire", "kid").exit_code == 2
    assert "no such key" in operator.refused(keys, "retire", "kid", "--compromised")


def test_a_key_id_may_begin_with_a_dash(operator: Operator) -> None:
    """Every 64th does. Found by a run in which "-oA…" was taken for an option; after "--" it never was one."""
    kid = "-oh-" + "A" * 39
    assert "no such key" in operator.refused(keys, "retire", kid, "--compromised")
    dashes = CliRunner().invoke(keys, ["retire", "--compromised", "--database", operator.database, "--", kid])
    assert "no such key" in dashes.stderr
    assert operator.run(keys, "retire", kid).exit_code == 2
    assert operator.run(keys, "retire", kid[:-1], "--compromised").exit_code == 2


def test_the_sealing_key_is_changed_and_the_old_one_put_aside(operator: Operator) -> None:
    """Each run makes a new key; the operator is told how much was moved, and what to do with the old key."""
    file = Path(operator.database.removeprefix("sqlite:///") + ".sealing-key")
    old = read_sealing_file(file)
    output = operator.do(keys, "reseal")
    new = read_sealing_file(file)
    aside = file.with_name(f"{file.name}.former-{old.current_key_id}")

    assert f"2 values are sealed with {new.current_key_id} now" in output
    assert str(aside) in output
    assert len(new.key_ids) == 1
    assert read_sealing_file(aside).secret_text() == old.secret_text()
    assert stages(operator) == [("ES256", "active"), ("RS256", "active")]
    assert operator.do(keys, "reseal").startswith("3 values")


def test_a_sealing_key_from_the_settings_is_the_operators_to_change(operator: Operator, tmp_path: Path) -> None:
    """The one in front becomes the current one; before, and a second time, there is nothing to do."""
    file = Path(operator.database.removeprefix("sqlite:///") + ".sealing-key")
    old, new = read_sealing_file(file), Sealing.generate()
    settings = tmp_path / "tokensmith.toml"

    def reseal(sealing: Sealing) -> str:
        settings.write_text(f'sealing_key = "{" ".join(sealing.secret_text().split())}"')
        return operator.do(keys, "reseal", "--settings", str(settings))

    assert f"sealed with {old.current_key_id} already" in reseal(old.before(new))
    assert f"sealed with {new.current_key_id} now" in reseal(new.before(old))
    assert f"sealed with {new.current_key_id} already" in reseal(new.before(old))
    assert f"sealed with {new.current_key_id} already" in reseal(new)
    assert read_sealing_file(file).key_ids == old.key_ids
    settings.write_text(f'sealing_key = "{old.secret_text().strip()}"')
    assert "not this database's" in operator.refused(keys, "reseal", "--settings", str(settings))


OLD = Key.generate("RS256", kid="old-server")


def written(folder: Path, text: str) -> str:
    path = folder / "old-key"
    path.write_text(text)
    return str(path)


def test_another_servers_key_is_brought_along(operator: Operator, tmp_path: Path) -> None:
    """It is published before it signs, under the id that services know it by."""
    file = written(tmp_path, OLD.to_pem(private=True))
    output = operator.do(keys, "import", file, "--alg", "RS256", "--kid", "old-server")

    assert output == "old-server is published; it signs in 300 s.\n"
    assert stages(operator) == [("ES256", "active"), ("RS256", "active"), ("RS256", "published")]
    assert "was here" in operator.refused(keys, "import", file, "--alg", "RS256", "--kid", "old-server")


def test_a_key_comes_from_standard_input(operator: Operator) -> None:
    """As JWK, which says its algorithm and its id itself."""
    jwk = json.dumps(OLD.to_jwk(private=True))

    assert operator.do(keys, "import", "-", text=jwk).startswith("old-server is published")


def test_a_key_that_only_verifies_is_listed_with_its_end(operator: Operator, tmp_path: Path) -> None:
    """It signs at no time."""
    file = written(tmp_path, json.dumps(OLD.to_jwk()))
    output = operator.do(keys, "import", file, "--verify-only", "--for", "12h")
    rows = [json.loads(line) for line in operator.do(keys, "list", "--json").splitlines()]
    row = next(row for row in rows if row["kid"] == "old-server")

    assert output == f"old-server verifies until {row['gone at']}, and signs nothing.\n"
    assert row["stage"] == "verify-only"
    assert (row["signs from"], row["until"], row["held in"]) == ("", "", "")
    assert {row["held in"] for row in rows if row["kid"] != "old-server"} == {"database"}


def test_an_encrypted_key_needs_its_password(operator: Operator, tmp_path: Path) -> None:
    """From a file; the key and the password cannot both come by standard input."""
    file = written(tmp_path, OLD.to_pem(private=True, password="hush"))
    password = tmp_path / "password"
    password.write_text("hush\n")
    options = ("--alg", "RS256", "--password-file")

    assert operator.do(keys, "import", file, *options, str(password))
    twice = operator.run(keys, "import", "-", *options, "-", text=OLD.to_pem(private=True, password="hush"))
    assert (twice.exit_code, "read once" in twice.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "options", "status", "message"),
    [
        ("no key", (), 2, "code "),
        (OLD.to_pem(private=True), (), 2, "--alg NAME"),
        (json.dumps({"keys": [OLD.to_jwk(private=True)]}), (), 2, "set of keys"),
        (json.dumps(OLD.to_jwk()), (), 1, "no private half"),
        (json.dumps(Key.generate("HS256").to_jwk(private=True)), ("--verify-only",), 1, "shared secret"),
        (json.dumps(Key.generate("PS256").to_jwk(private=True)), (), 1, "ES256 and RS256"),
        (json.dumps(OLD.to_jwk()), ("--verify-only", "--for", "0"), 1, "366 days"),
        (json.dumps(OLD.to_jwk(private=True)), ("--for", "1h"), 2, "--verify-only"),
    ],
)
def test_what_cannot_be_brought_along_is_refused(
    operator: Operator, text: str, options: tuple[str, ...], status: int, message: str
) -> None:
    """With a message, and nothing changed; the key is repeated nowhere."""
    before = stages(operator)
    result = operator.run(keys, "import", "-", *options, text=text)

    assert (result.exit_code, message in result.stderr) == (status, True), result.output
    assert json.dumps(OLD.to_jwk(private=True))[-40:] not in result.output
    assert stages(operator) == before


def test_a_weak_key_is_refused(operator: Operator) -> None:
    """RFC 7518 §3.3: 2048 bits are the least."""
    done = subprocess.run(["openssl", "genrsa", "1024"], capture_output=True, text=True, check=True)

    assert "weak_key" in operator.run(keys, "import", "-", "--alg", "RS256", text=done.stdout).stderr


def test_a_key_is_never_an_argument(operator: Operator) -> None:
    """Everybody on the machine sees those; the message does not repeat it."""
    secret = json.dumps(OLD.to_jwk(private=True))
    result = operator.run(keys, "import", secret)

    assert (result.exit_code, secret in result.output) == (2, False)


def test_the_whole_command_works(operator: Operator, tmp_path: Path) -> None:
    """In a process of its own."""
    words = [sys.executable, "-m", "tokensmith", "keys", "import", "-", "--database", operator.database]
    jwk = json.dumps(OLD.to_jwk(private=True))
    done = subprocess.run(words, input=jwk, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "old-server is published; it signs in 300 s.\n"
