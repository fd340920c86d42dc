"""The documentation says what the code does: every error code explained and tested, every link leading somewhere."""

import importlib.util
import re
from pathlib import Path

import pytest

from tests.architecture import error_codes
from tests.architecture.tree import SOURCE, TESTS, TOP, python_files, shown

ERRORS = TOP / "docs" / "errors.md"
DECISIONS = sorted((TOP / "docs" / "decisions").glob("0*.md"))
FILE = re.compile(r"`([a-z0-9_./]+\.py)`")
LINK = re.compile(r"\]\((?!https?://|mailto:|#)(?P<path>[^)#\s]+)")


def raised_codes() -> set[str]:
    """Every code the source can answer with."""
    return {code for path in python_files(SOURCE) for code in error_codes.raised(path.read_text())}


def test_every_error_code_has_a_row() -> None:
    """Whoever meets a code finds what it means and what to do."""
    assert raised_codes() - set(error_codes.explained(ERRORS.read_text())) == set()


def test_every_row_is_a_code_the_source_still_has() -> None:
    """No row outlives its error."""
    assert set(error_codes.explained(ERRORS.read_text())) - raised_codes() == set()


def test_every_error_code_is_named_by_a_test() -> None:
    """A refusal nobody provokes is a refusal nobody knows to work."""
    tests = (path for path in python_files(TESTS) if path.name.startswith("test_"))
    named = {text for path in tests for text in error_codes.named(path.read_text())}

    assert raised_codes() - named == set()


@pytest.mark.parametrize("part", sorted((TOP / "docs" / "errors.d").glob("*.md")), ids=lambda part: part.stem)
def test_a_room_explains_a_code_once(part: Path) -> None:
    """Two rows for one code would say two things."""
    codes = error_codes.explained(part.read_text())

    assert len(codes) == len(set(codes))


def test_the_page_of_errors_is_joined_from_its_parts() -> None:
    """`make docs` writes it; nobody edits it by hand."""
    assert ERRORS.read_text() == joined_errors()


def joined_errors() -> str:
    """What tools/join_errors.py would write now."""
    spec = importlib.util.spec_from_file_location("join_errors", TOP / "tools" / "join_errors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text: str = module.join(TOP / "docs" / "errors.d")
    return text


def test_every_link_leads_to_a_file() -> None:
    """Links between our own pages; what is elsewhere may move without us."""
    pages = [*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")]
    broken = [
        f"{shown(page)} → {match['path']}"
        for page in pages
        for match in LINK.finditer(page.read_text())
        if not (page.parent / match["path"]).exists()
    ]

    assert broken == []


def test_every_guide_is_listed() -> None:
    """A page nobody links is a page nobody reads."""
    index = (TOP / "docs" / "index.md").read_text()
    guides = [f"how-to/{path.name}" for path in sorted((TOP / "docs" / "how-to").glob("*.md"))]

    assert [guide for guide in guides if f"]({guide})" not in index] == []


def test_every_fragment_of_the_changelog_names_its_section() -> None:
    """changes.d/<topic>.<section>.md, in Keep a Changelog's sections."""
    sections = {"security", "removed", "deprecated", "added", "changed", "fixed"}
    fragments = [path.name.split(".") for path in (TOP / "changes.d").iterdir()]

    assert [name for name in fragments if len(name) != 3 or name[1] not in sections or name[2] != "md"] == []


def test_every_source_file_named_by_a_page_exists() -> None:
    """A threat is answered by a file that is there, and the plan of the house is kept true."""
    pages = [TOP / "ARCHITECTURE.md", TOP / "docs" / "security.md"]
    missing = {
        f"{shown(page)} names {match[1]}"
        for page in pages
        for match in FILE.finditer(page.read_text())
        if not any((folder / match[1]).exists() for folder in (SOURCE, TOP))
    }

    assert missing == set()


def test_decisions_are_numbered_without_a_gap() -> None:
    """A decision that is replaced keeps its number and says by which."""
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_form_and_fits_on_a_page(path: Path) -> None:
    """What was the question, what could we have done, what do we do, what does it cost, when was it wrong."""
    text = path.read_text()
    parts = ("**Context.**", "**Choices.**", "**Decision.**", "**Costs.**", "**Wrong if**")

    assert [part for part in parts if part not in text] == []
    assert len(text.splitlines()) <= 45


# The collectors themselves.


@pytest.mark.parametrize(
    "text",
    [
        'class A(Exception):\n    code = "one"\n',
        'class A(Exception):\n    code: ClassVar[str] = "one"\n',
        'raise A("text", code="one")\n',
        'raise A("text", code="one" if x else "one")\n',
    ],
)
def test_codes_are_found_in_classes_and_calls(text: str) -> None:
    """All ways in which the source writes one."""
    assert set(error_codes.raised(text)) == {"one"}


def test_a_code_that_is_no_constant_is_passed_on_by_somebody_who_is_counted() -> None:
    """Constructors that hand a code through have none of their own."""
    assert list(error_codes.raised("class A(Exception):\n    code: str\n\n\nA(code=code)\n")) == []


def test_rows_are_read_from_the_first_column_only() -> None:
    """A code mentioned in prose, or in another column, is not explained by that."""
    page = "| code | class |\n|---|---|\n| `one` | `two` |\n\nSee `three`.\n"

    assert error_codes.explained(page) == ["one"]


def test_a_test_names_a_code_only_as_a_whole_string() -> None:
    """A longer string that contains it proves nothing."""
    assert "one" in set(error_codes.named('assert error.code == "one"\n'))
    assert "one" not in set(error_codes.named('x = "one_two"\n'))
