"""The command tree: quick, and clear about what is missing."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tokensmith import __main__ as entry
from tokensmith import __version__
from tokensmith.cli.main import COMMANDS, tokensmith


def run(*arguments: str) -> str:
    """Run the command; its output, if it succeeded."""
    result = CliRunner().invoke(tokensmith, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_help_names_every_command() -> None:
    """`-h` does, too."""
    output = run("--help")

    assert all(f"  {name} " in output for name in COMMANDS)
    assert run("-h") == output


def test_the_version_is_the_package_s() -> None:
    assert run("--version") == f"tokensmith, version {__version__}\n"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_where_the_table_says_and_has_help(name: str) -> None:
    """A command is imported only to be run, so a wrong name would be found late."""
    command = tokensmith.get_command(click.Context(tokensmith), name)

    assert command is not None
    assert command.help


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "tour"])
def test_every_command_explains_itself(name: str) -> None:
    assert run(name, "--help").startswith("Usage:")


def test_an_unknown_command_is_refused() -> None:
    """With the status of a wrong command line."""
    assert CliRunner().invoke(tokensmith, ["nothing"]).exit_code == 2


def test_help_imports_no_server() -> None:
    """People ask for help on machines where nothing is set up."""
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom tokensmith.cli.main import tokensmith\n"
        "assert CliRunner().invoke(tokensmith, ['--help']).exit_code == 0\n"
        "print([name for name in sys.modules if name.startswith(('tokensmith.server', 'sqlalchemy', 'rich'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments", [["jwt", "inspect"], ["jwt", "lint"], ["jwk", "generate", "ES256"], ["jwe", "encrypt", "--help"]]
)
def test_the_token_tools_need_no_other_extra(arguments: list[str]) -> None:
    """`tokensmith[cli]` is enough for them: the library, click and rich."""
    others = ("alembic", "argon2", "fastapi", "limits", "sqlalchemy", "starlette", "uvicorn")
    rooms = ("server", "integrations", "guard", "outbound")
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom tokensmith.cli.main import tokensmith\n"
        f"done = CliRunner().invoke(tokensmith, {arguments!r}, input='eyJhbGciOiJFUzI1NiJ9.e30.AAAA')\n"
        "assert done.exit_code in (0, 1) and done.stdout, done.output\n"
        f"unwanted = {(*others, *(f'tokensmith.{room}' for room in rooms))!r}\n"
        "print([name for name in sys.modules if name.startswith(unwanted)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback."""

    def missing(_: str) -> None:
        raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")

    monkeypatch.setattr("tokensmith.cli.main.importlib.import_module", missing)
    result = CliRunner().invoke(tokensmith, ["serve"])

    assert result.exit_code == 1
    assert "needs uvicorn: pip install 'tokensmith[server]'" in result.output


def test_a_module_of_ours_that_is_missing_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not be told as a missing extra."""

    def missing(_: str) -> None:
        raise ModuleNotFoundError("No module named 'tokensmith.gone'", name="tokensmith.gone")

    monkeypatch.setattr("tokensmith.cli.main.importlib.import_module", missing)
    assert isinstance(CliRunner().invoke(tokensmith, ["serve"]).exception, ModuleNotFoundError)


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    """`tokensmith` alone is on the path as soon as the library is."""
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError('No module named click', name='click')\n")
    done = subprocess.run(
        [sys.executable, "-m", "tokensmith"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "The command line needs more than the library: pip install 'tokensmith[cli]'\n"


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m tokensmith` where no script is on the path."""
    monkeypatch.setattr(sys, "argv", ["tokensmith", "--version"])
    with pytest.raises(SystemExit) as ended:
        entry.main()

    assert ended.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_a_part_of_ours_that_is_missing_is_no_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would send people to pip for nothing."""
    monkeypatch.setitem(sys.modules, "tokensmith.cli.main", None)
    with pytest.raises(ModuleNotFoundError):
        entry.main()


def completed(line: str, *, python_path: str = "") -> list[str]:
    """What bash is offered for a line, asked as bash asks."""
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "tokensmith"],
        env={
            "PYTHONPATH": python_path,
            "_TOKENSMITH_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [offer.partition(",")[2] for offer in done.stdout.splitlines() if offer]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("tokensmith jw", ["jwk", "jwe", "jws", "jwt"]),
        ("tokensmith --v", ["--version"]),
        ("tokensmith jwt in", ["inspect"]),
        ("tokensmith jwt verify --any", ["--any-issuer", "--any-audience"]),
        ("tokensmith jwk generate Ed", ["Ed25519", "Ed448", "EdDSA"]),
    ],
)
def test_a_shell_is_offered_what_fits(line: str, offered: list[str]) -> None:
    """Commands, options, algorithms."""
    assert completed(line) == offered


def test_a_missing_extra_does_not_disturb_who_completes_a_line(tmp_path: Path) -> None:
    """All commands are offered all the same; below one that is not there, nothing is."""
    (tmp_path / "sqlalchemy.py").write_text(
        "raise ModuleNotFoundError('No module named sqlalchemy', name='sqlalchemy')\n"
    )

    assert completed("tokensmith ", python_path=str(tmp_path)) == list(COMMANDS)
    assert completed("tokensmith user gr", python_path=str(tmp_path)) == []
    assert completed("tokensmith user gr") == ["grant"]


def groups() -> list[tuple[str, click.Command]]:
    """The token tools, by their names on the command line."""
    context = click.Context(tokensmith)
    found = []
    for name in ("jwk", "jwe", "jws", "jwt"):
        group = tokensmith.get_command(context, name)
        assert isinstance(group, click.Group)
        found += [(f"{name} {each}", command) for each, command in group.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), groups(), ids=[name for name, _ in groups()])
def test_every_token_tool_shows_examples_that_fit(name: str, command: click.Command) -> None:
    """In 80 columns, each calling the command it belongs to."""
    text = run(*name.split(" "), "--help")

    assert "Examples:" in text
    assert f"    tokensmith {name}" in text or f"tokensmith {name} " in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("group", ["jwk", "jwe", "jws", "jwt"])
def test_every_token_tool_is_told_in_one_whole_line(group: str) -> None:
    """A sentence that ends in three dots says half."""
    assert "..." not in run(group, "--help").partition("Commands:")[2]


@pytest.mark.parametrize(("options", "shown"), [([], b"Zo\\xeb"), (["--json"], '"Zoë"'.encode())])
def test_a_terminal_without_utf_8_gets_escapes_and_json_is_utf_8(options: list[str], shown: bytes) -> None:
    """RFC 8259 §8.1. Neither is a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "tokensmith", "jwt", "inspect", *options],
        env={"PYTHONIOENCODING": "ascii"},
        # {"alg":"ES256"}.{"name":"Zoë"}
        input=b"eyJhbGciOiJFUzI1NiJ9.eyJuYW1lIjoiWm_DqyJ9.AAAA",
        capture_output=True,
        check=True,
    )

    assert shown in done.stdout
