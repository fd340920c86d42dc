"""The page about OpenID conformance: each module leads to its test, and each test stands on the page."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests.architecture.tree import TESTS, TOP, functions, parse, python_files

DOCS: Final = TOP / "docs"
PAGE: Final = (DOCS / "conformance.md").read_text()
ROW: Final = re.compile(
    r"^\| `(?P<module>oidcc-[A-Za-z0-9-]+)` \| \[(?P<name>test_\w+\.py)\]\((?P<path>\S+)\) "
    r"\| (?P<outcome>pass|review|warn|skip) \|$",
    re.MULTILINE,
)
ROWS: Final = list(ROW.finditer(PAGE))
# How many modules of each plan of the suite there are to be: all of them, but of the last.
PLANS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "Basic OP and Form Post OP": 38,
        "Config OP": 1,
        "RP-Initiated Logout OP": 11,
        "Back-Channel Logout OP": 2,
        "Dynamic OP, in part": 12,
    }
)


def named_after(module: str) -> str:
    """The name of a module's test."""
    return f"test_{module.replace('-', '_').lower()}"


def ported_in(path: Path) -> list[str]:
    """The tests of a file that have a module's name."""
    return [function.name for function in functions(parse(path)) if function.name.startswith("test_oidcc_")]


def section(title: str) -> str:
    """The part of the page under a heading."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_row_is_read() -> None:
    """A row of another form would be no promise that anybody keeps."""
    assert len(ROWS) == sum(line.startswith("| `") for line in PAGE.splitlines())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["module"])
def test_every_module_has_its_test(row: re.Match[str]) -> None:
    """In the file that the page links."""
    path = (DOCS / row["path"]).resolve()

    assert path.name == row["name"]
    assert named_after(row["module"]) in ported_in(path)


def test_every_test_stands_on_the_page() -> None:
    """Once; no module is ported in silence, and none in two places."""
    written = [name for path in python_files(TESTS / "server" / "conformance") for name in ported_in(path)]

    assert sorted(written) == sorted(named_after(row["module"]) for row in ROWS)


@pytest.mark.parametrize("plan", PLANS)
def test_every_plan_is_whole(plan: str) -> None:
    """A module that is left out is missed."""
    assert len(ROW.findall(section(plan))) == PLANS[plan]


def test_what_is_no_pass_is_explained() -> None:
    """Whoever reads "warn" or "skip" finds why, and no explanation outlives its reason."""
    explained = re.findall(r"`(oidcc-[a-z0-9-]+)`", section("Where it would warn or skip"))

    assert sorted(explained) == sorted(row["module"] for row in ROWS if row["outcome"] in {"warn", "skip"})
