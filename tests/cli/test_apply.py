"""`tokensmith apply`."""

import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import Result

from tests.cli.operating import Operator
from tokensmith.cli.apply import DIFFERS_STATUS, apply
from tokensmith.cli.clients import client
from tokensmith.cli.resources import resource

FILE: Final = """
[resources."https://notes.example"]
scopes = { "notes:read" = "Read your notes", "notes:write" = "" }
client = "notes"

[clients.notes]
grant_types = ["client_credentials"]

[clients.web]
client_name = "Notes on the web"
redirect_uris = ["https://app.example/cb"]
grant_types = ["authorization_code", "refresh_token"]
scopes = { "https://notes.example" = ["notes:read"] }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "clients.toml"
    path.write_text(FILE)
    return path


def run(operator: Operator, path: Path, *options: str, text: str = "") -> Result:
    return operator.run(apply, str(path), *options, text=text)


def clients(operator: Operator) -> set[str]:
    return {json.loads(line)["id"] for line in operator.do(client, "list", "--json").splitlines()}


def test_what_differs_is_shown_first_and_secrets_alone_on_standard_output(operator: Operator, path: Path) -> None:
    """One line for each, to be piped to where they are kept."""
    result = run(operator, path, "--yes")
    shown, _, done = result.stderr.partition("3 to add, 0 to change.\n")

    assert result.exit_code == 0
    assert '+ [resources."https://notes.example"]\n' in shown
    assert '    scopes."notes:read"   "Read your notes"\n' in shown
    assert "Applied.\n" in done
    assert "not shown again" in done
    assert [line.split(" tsc_")[0] for line in result.stdout.splitlines()] == ["notes", "web"]
    assert clients(operator) == {"first-party", "notes", "web"}


def test_the_second_time_nothing_differs(operator: Operator, path: Path) -> None:
    """Whether asked or not, dry or not."""
    run(operator, path, "--yes")
    for options in ((), ("--yes",), ("--dry-run",)):
        result = run(operator, path, *options)
        assert (result.exit_code, "Nothing differs." in result.stderr) == (0, True)
        assert "tsc_" not in result.output


def test_a_dry_run_shows_and_does_nothing(operator: Operator, path: Path) -> None:
    """With a status of its own, which is not that of a mistake."""
    result = run(operator, path, "--dry-run", "--yes")

    assert result.exit_code == DIFFERS_STATUS == 3
    assert "+ [clients.web]" in result.stdout
    assert clients(operator) == {"first-party"}


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_is_done_without_a_yes(operator: Operator, path: Path, answer: str) -> None:
    """Also where nobody is there to ask."""
    result = run(operator, path, text=answer)

    assert (result.exit_code, result.stdout) == (1, "")
    assert clients(operator) == {"first-party"}


def test_a_yes_at_the_terminal_is_as_good(operator: Operator, path: Path) -> None:
    assert run(operator, path, text="y\n").exit_code == 0
    assert "web" in clients(operator)


def test_what_the_file_does_not_name_is_left_alone(operator: Operator, path: Path) -> None:
    """And said."""
    operator.do(resource, "create", "https://mail.example", "--scope", "send")
    operator.do(client, "create", "robot")
    stderr = run(operator, path, "--yes").stderr

    assert 'left alone: [resources."https://mail.example"], [clients.first-party], [clients.robot].' in stderr
    assert "robot" in clients(operator)


def test_a_change_names_both_values(operator: Operator, path: Path) -> None:
    run(operator, path, "--yes")
    path.write_text(FILE.replace('["notes:read"]', '["notes:write"]') + "disabled = true\n")
    result = run(operator, path, "--yes")

    assert "~ [clients.web]\n" in result.stderr
    assert '    scopes."https://notes.example"  ["notes:read"] → ["notes:write"]\n' in result.stderr
    assert "    disabled                        false → true\n" in result.stderr
    assert result.stdout == ""
    path.write_text(FILE)
    assert "does not say so: [clients.web]" in run(operator, path, "--yes").stderr


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("client_name", "client_nmae", "[clients.web] Object contains unknown field `client_nmae`."),
        ('"notes:read"] }', '"notes:raed"] }', "it knows no scope 'notes:raed'."),
        ("https://app.example/cb", "http://app.example/cb", "A redirect URI is https"),
        ("[clients.web]", "[clients.web", "is no TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_changes_nothing(
    operator: Operator, path: Path, before: str, after: str, said: str
) -> None:
    path.write_text(FILE.replace(before, after))
    error = operator.refused(apply, str(path), "--yes")

    assert error.startswith(f"Error: {path}: ")
    assert said in error
    assert clients(operator) == {"first-party"}
    assert "notes.example" not in operator.do(resource, "list", "--json")


def test_a_file_that_is_not_there_is_a_wrong_command_line(operator: Operator, tmp_path: Path) -> None:
    assert run(operator, tmp_path / "none.toml").exit_code == 2


def test_secrets_go_to_files_of_their_own(operator: Operator, path: Path, tmp_path: Path) -> None:
    """And then nothing is shown."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    result = run(operator, path, "--yes", "--secrets-to", str(folder))

    assert (result.exit_code, "tsc_" in result.output) == (0, False)
    assert {one.name for one in folder.iterdir()} == {"notes", "web"}
    assert (folder / "web").read_text().startswith("tsc_")


def test_a_secret_that_cannot_be_written_costs_nothing(operator: Operator, path: Path, tmp_path: Path) -> None:
    """Everything is as it was, and the next try makes it."""
    (tmp_path / "web").write_text("precious")
    result = run(operator, path, "--yes", "--secrets-to", str(tmp_path))

    assert (result.exit_code, "exists already" in result.stderr) == (2, True)
    assert not (tmp_path / "notes").exists()
    assert clients(operator) == {"first-party"}
