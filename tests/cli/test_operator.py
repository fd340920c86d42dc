"""What every operator's command does with settings, databases and refusals."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.operating import Operator, operator_at
from tokensmith.cli.resources import resource
from tokensmith.cli.users import user


def test_a_database_that_was_never_migrated_is_told_apart(tmp_path: Path) -> None:
    """And not made on the side: a mistyped path would otherwise be a new, empty server."""
    operator = operator_at(tmp_path, migrated=())

    assert "tokensmith migrate" in operator.refused(resource, "list")
    assert list(tmp_path.iterdir()) == []


def test_the_settings_file_leads_to_the_database(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "tokensmith.toml"
    file.write_text(f'database = "{operator.database}"\n')
    operator.do(resource, "create", "https://notes.example", "--scope", "read")
    result = CliRunner().invoke(resource, ["list", "--settings", str(file)])

    assert "https://notes.example" in result.stdout


def test_a_variable_leads_to_the_database(operator: Operator) -> None:
    result = CliRunner().invoke(resource, ["list"], env={"TOKENSMITH_DATABASE": operator.database})

    assert result.exit_code == 0


@pytest.mark.parametrize("database", ["mysql://x", "sqlite:///", "sqlite://x"])
def test_a_wrong_setting_is_a_wrong_command_line(database: str) -> None:
    """Status 2, and a message that names the setting."""
    result = CliRunner().invoke(resource, ["list", "--database", database])

    assert result.exit_code == 2
    assert result.stderr.startswith("Error: database")


def test_a_name_nobody_knows_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokensmith.toml"
    file.write_text("prot = 1\n")
    result = CliRunner().invoke(resource, ["list", "--settings", str(file)])

    assert (result.exit_code, result.stderr) == (2, f"Error: prot ({file}): there is no such setting\n")


def test_a_password_is_asked_for_twice(operator: Operator) -> None:
    """It is typed blind."""
    assert operator.run(user, "create", "ada", text="correct horse\ncorrect house\n").exit_code == 1
    assert operator.run(user, "create", "ada", text="correct horse\ncorrect horse\n").exit_code == 0


def test_a_password_from_standard_input_is_its_first_line(operator: Operator) -> None:
    """Spaces at its end included: only the line feed is not part of it."""
    assert "Created ada" in operator.do(user, "create", "ada", "--password-stdin", text="eight   \nmore\n")
    assert "at least 8" in operator.refused(user, "create", "bob", "--password-stdin", text="seven77\nmore\n")


def test_a_password_is_never_an_argument(operator: Operator) -> None:
    """Those are seen by everybody on the machine."""
    assert operator.run(user, "create", "ada", "--password", "x").exit_code == 2
