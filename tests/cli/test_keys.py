"""`tokensmith keys`."""

import json
from pathlib import Path

from click.testing import CliRunner

from tests.cli.operating import Operator
from tokensmith.cli.keys import keys
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import read_sealing_file


def stages(operator: Operator) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in operator.do(keys, "list", "--json").splitlines()]
    return sorted((row["alg"], row["stage"]) for row in rows)


def test_keys_are_listed_with_their_stage(operator: Operator) -> None:
    assert stages(operator) == [("ES256", "active"), ("RS256", "active")]
    assert "ES256" in operator.do(keys, "list")


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
