"""What the README tells people to type can be typed."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator

import pytest

from tests.architecture.tree import TOP

PAGES = [TOP / name for name in ("README.md", "CONTRIBUTING.md")]
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(make [^`]+)`")


def blocks(markdown: str, *languages: str) -> Iterator[str]:
    """Find the code blocks written in one of some languages."""
    return (match["text"] for match in BLOCK.finditer(markdown) if match["language"] in languages)


def make_goals(markdown: str) -> set[str]:
    """Find every target of make a page mentions, in blocks and in running text; `NAME=value` is no target."""
    lines = [line.split("#")[0] for text in blocks(markdown, "sh", "console") for line in text.splitlines()]
    commands = [*lines, *INLINE.findall(markdown)]
    words = [word for line in commands if line.split()[:1] == ["make"] for word in line.split()[1:]]
    return {word for word in words if "=" not in word}


def test_every_goal_of_make_exists() -> None:
    """`make -n` prints what would be done, and fails for a goal that it does not know."""
    goals = {goal for page in PAGES for goal in make_goals(page.read_text())}

    assert {"run", "test", "lint"} <= goals
    for goal in sorted(goals):
        subprocess.run(["make", "-n", goal], cwd=TOP, check=True, capture_output=True)


def test_every_example_in_python_is_python() -> None:
    """Top-level `await` aside, which the examples do not use."""
    for text in blocks((TOP / "README.md").read_text(), "python"):
        ast.parse(text)


def test_the_examples_import_what_exists() -> None:
    """Each `from tokensmith… import …` of the README works."""
    imports = [
        ast.unparse(node)
        for text in blocks((TOP / "README.md").read_text(), "python")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tokensmith")
    ]

    assert imports
    for line in imports:
        exec(compile(line, "README.md", "exec"), {})


def test_the_token_example_prints_its_subject(capsys: pytest.CaptureFixture[str]) -> None:
    """The block about tokens by hand runs as it stands."""
    text = next(text for text in blocks((TOP / "README.md").read_text(), "python") if "jwt.Signer" in text)
    exec(compile(text, "README.md", "exec"), {})

    assert capsys.readouterr().out == "ada\n"


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """What decides is what people are told to type, with no test left out."""
    script = (TOP / ".ci" / "run").read_text()

    assert "test" in make_goals((TOP / "README.md").read_text())
    assert "export REQUIRE_SERVICES=1\nstep make test\n" in script


def test_the_command_has_its_entry_point() -> None:
    """`tokensmith` is installed with the package."""
    scripts = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["scripts"]

    assert list(scripts) == ["tokensmith"]


def test_goals_are_found_in_blocks_and_in_text() -> None:
    """Settings on the command line and comments behind it are not goals."""
    page = "```sh\nmake a b   # make c\n```\nRun `make d X=1` and `make`.\n"

    assert make_goals(page) == {"a", "b", "d"}
