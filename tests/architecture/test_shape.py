"""Small files of small functions, each saying what it is, each with its tests where one looks for them."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path, PurePath

import pytest

from tests.architecture import shape
from tests.architecture.tree import REVISIONS, SOURCE, TESTS, TOP, python_files, shown

OURS = (SOURCE, TESTS, TOP / "tools", TOP / "bench", TOP / "examples")
# The only places that may ask the machine for the time; everybody else is told.
CLOCKS = {"src/tokensmith/jose/jwt/numeric_date.py", "src/tokensmith/server/domain/clock.py"}
# Modules with code and no test module of their name, each with the reason.
TESTED_ELSEWHERE: dict[str, str] = {}


def complaints(rule: Callable[[str], Iterator[str]], *folders: Path, but: AbstractSet[str] = frozenset()) -> list[str]:
    """Apply a rule to every file under some folders."""
    files = (path for path in python_files(*folders) if shown(path) not in but)
    return [f"{shown(path)} {complaint}" for path in files for complaint in rule(path.read_text())]


@pytest.mark.parametrize("rule", [shape.too_long, shape.long_functions, shape.no_docstring, shape.put_off])
def test_every_file_keeps_its_shape(rule: Callable[[str], Iterator[str]]) -> None:
    """The bar of CONTRIBUTING.md, for source, tests and tools alike."""
    assert complaints(rule, *OURS) == []


def test_no_file_is_an_attic() -> None:
    """utils, helpers, common, base, core, manager: a function that fits nowhere is a missing noun."""
    found = [(shown(path), list(shape.attic_name(path.relative_to(TOP)))) for path in python_files(*OURS)]

    assert [entry for entry in found if entry[1]] == []


def test_only_clocks_ask_for_the_time() -> None:
    """Whatever depends on the time is told it, so that a test can say what time it is."""
    assert complaints(shape.reads_wall_clock, SOURCE, but=CLOCKS) == []


def test_tests_mirror_the_source() -> None:
    """src/tokensmith/jose/jwk/key.py is tested in tests/jose/jwk/test_key.py (or test_key_….py)."""
    modules = (path for path in python_files(SOURCE) if path.name not in {"__init__.py", "__main__.py"})
    missing = [
        shown(path)
        for path in modules
        if not path.is_relative_to(REVISIONS)
        and shape.has_code(path.read_text())
        and not mirrored(path)
        and shown(path) not in TESTED_ELSEWHERE
    ]

    assert missing == []


def test_every_exception_is_still_needed() -> None:
    """An excuse for a file that is gone, or that has its test by now, goes too."""
    stale = [name for name in TESTED_ELSEWHERE if not (TOP / name).exists() or mirrored(TOP / name)]

    assert stale == []


def mirrored(module: Path) -> list[Path]:
    """Find the test modules of a source module: by its name, or by its name and one aspect of it."""
    folder = TESTS / module.relative_to(SOURCE).parent
    return [*folder.glob(f"test_{module.stem}.py"), *folder.glob(f"test_{module.stem}_*.py")]


# The rules themselves: each is shown to speak up, and to stay silent just below its limit.


def test_the_301st_line_is_too_many() -> None:
    """The limit itself is allowed."""
    assert list(shape.too_long("x\n" * 300)) == []
    assert list(shape.too_long("x\n" * 301)) == ["has 301 lines; split it by idea"]


@pytest.mark.parametrize(("body_lines", "complaint"), [(39, []), (40, ["f (line 1) has 41 lines"])])
def test_a_function_counts_without_its_docstring(body_lines: int, complaint: list[str]) -> None:
    """What a docstring explains at length costs nothing."""
    docstring = '    """One.\n\n    Two.\n    """\n'
    text = "def f():\n" + docstring + "    x = 1\n" * body_lines

    assert list(shape.long_functions(text)) == complaint


def test_a_long_method_is_found_too() -> None:
    """Also an asynchronous one, also in a class."""
    text = "class A:\n    async def f(self):\n" + "        x = 1\n" * 40

    assert len(list(shape.long_functions(text))) == 1


@pytest.mark.parametrize(("text", "silent"), [("", True), ('"""What."""\n', True), ("x = 1\n", False)])
def test_a_module_says_what_it_is(text: str, silent: bool) -> None:
    """Only an empty module may say nothing."""
    assert (not list(shape.no_docstring(text))) is silent


@pytest.mark.parametrize(
    ("path", "silent"),
    [("guard/utils.py", False), ("core/key.py", False), ("guard/scopes.py", True), ("guard/baseline.py", True)],
)
def test_attics_are_known_by_their_whole_name(path: str, silent: bool) -> None:
    """Files and folders both."""
    assert (not list(shape.attic_name(PurePath(path)))) is silent


def test_only_a_comment_puts_work_off() -> None:
    """The word in a string is text."""
    word = "TO" + "DO"

    assert list(shape.put_off(f"x = 1  # {word} later\n")) == [f"puts work off at line 1: {word}"]
    assert list(shape.put_off(f"x = '{word}'\n")) == []


@pytest.mark.parametrize("call", ["time.time()", "datetime.now(UTC)", "datetime.datetime.utcnow()", "f(now=time.time)"])
def test_asking_for_the_time_is_found(call: str) -> None:
    """Passing the function on is asking, too."""
    assert len(list(shape.reads_wall_clock(f"x = {call}\n"))) == 1
    assert list(shape.reads_wall_clock("x = clock.now()\n")) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("X = 1\n", False),
        ("class Port(Protocol):\n    def f(self): ...\n", False),
        ("def f(): return 1\n", True),
        ("class A:\n    def f(self): return 1\n", True),
    ],
)
def test_only_code_needs_a_test(text: str, code: bool) -> None:
    """Constants and protocols do nothing a test could show."""
    assert shape.has_code(text) is code
