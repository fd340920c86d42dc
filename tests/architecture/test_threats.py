"""Each row of our list of attacks has a test that names it: remove the defence, and that test fails.

The rows stand by their ids: A algorithms and keys, B signatures, C header parameters, D encryption, E encoding and
resources, F claims and kinds of token, G keys from the network. docs/security.md says what they are about. A test
names its rows in its docstring.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.architecture.tree import TESTS, functions, parse, python_files, shown

LAST_ROW: Final = {"A": 19, "B": 11, "C": 10, "D": 21, "E": 14, "F": 17, "G": 9}
ROWS: Final = frozenset(f"{section}{row:02}" for section, last in LAST_ROW.items() for row in range(1, last + 1))
# What we do not defend, each with the reason; once there is a test, the row goes.
NOT_OURS: Final = {
    "D20": "RFC 7516 has no padding, so a ciphertext is as long as its text; docs/security.md accepts that risk",
}
NAMED: Final = re.compile(r"\b[A-G][0-9]{2}\b")


def named(tree: ast.Module) -> Iterator[str]:
    """Find the rows that the tests of a module name in their docstrings."""
    for function in functions(tree):
        if function.name.startswith("test_"):
            yield from NAMED.findall(ast.get_docstring(function) or "")


def rows_with_tests() -> dict[str, set[str]]:
    """From each row that is named to the files whose tests name it."""
    found: dict[str, set[str]] = {}
    for path in python_files(TESTS):
        for row in named(parse(path)):
            found.setdefault(row, set()).add(shown(path))
    return found


def test_every_attack_has_its_test() -> None:
    """Or a reason why there is none."""
    assert sorted(ROWS - rows_with_tests().keys() - NOT_OURS.keys()) == []


def test_what_has_a_test_is_ours() -> None:
    """A reason that no longer holds goes."""
    assert sorted(rows_with_tests().keys() & NOT_OURS.keys()) == []
    assert NOT_OURS.keys() <= ROWS


def test_no_test_names_a_row_that_is_not_there() -> None:
    """A slip of the pen would leave the row it meant without a test."""
    unknown = {row: files for row, files in rows_with_tests().items() if row not in ROWS}

    assert unknown == {}


def test_a_row_is_named_as_a_word_by_a_test() -> None:
    """Not by a helper, not inside another word, not in a comment."""
    text = (
        "def test_a():\n    '''A01, B02: RFC 7515.'''\n"
        "class T:\n    def test_b(self):\n        '''As told (C03); not of A128KW, XE01 or D1.'''\n"
        "def help():\n    '''D04.'''\n"
        "def test_c():\n    pass  # E05\n"
    )

    assert set(named(ast.parse(text))) == {"A01", "B02", "C03"}
