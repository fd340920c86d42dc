"""The shape rules as functions from one file's text to complaints about it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from tests.architecture.tree import functions

MAX_FILE_LINES: Final = 300
MAX_FUNCTION_LINES: Final = 40
# A function that fits nowhere else is a missing noun.
ATTIC_NAMES: Final = frozenset({"base", "common", "core", "helpers", "manager", "managers", "misc", "util", "utils"})
PUT_OFF: Final = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
WALL_CLOCKS: Final = frozenset(
    {
        "time.time",
        "time.time_ns",
        "datetime.now",
        "datetime.utcnow",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
    }
)


def too_long(text: str) -> Iterator[str]:
    """Complain about a file of more than 300 lines."""
    if (lines := len(text.splitlines())) > MAX_FILE_LINES:
        yield f"has {lines} lines; split it by idea"


def long_functions(text: str) -> Iterator[str]:
    """Complain about functions of more than 40 lines, their docstring and decorators not counted."""
    for function in functions(ast.parse(text)):
        if (lines := function_lines(function)) > MAX_FUNCTION_LINES:
            yield f"{function.name} (line {function.lineno}) has {lines} lines"


def function_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from `def` on, without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def no_docstring(text: str) -> Iterator[str]:
    """Complain about a file that does not say what it is; an empty one has nothing to say."""
    if text.strip() and not ast.get_docstring(ast.parse(text)):
        yield "has no module docstring"


def attic_name(path: PurePath) -> Iterator[str]:
    """Complain about a file or folder name under which anything could be put."""
    for part in (*path.parts[:-1], path.stem):
        if part in ATTIC_NAMES:
            yield f'is named "{part}", which says nothing'


def put_off(text: str) -> Iterator[str]:
    """Complain about comments that put work off: it is done, or it is an issue."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (found := PUT_OFF.search(token.string)):
            yield f"puts work off at line {token.start[0]}: {found[0]}"


def reads_wall_clock(text: str) -> Iterator[str]:
    """Complain about asking the system for the time: it is an argument, or a Clock."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in WALL_CLOCKS:
            yield f"asks {ast.unparse(node)} at line {node.lineno}"


def has_code(text: str) -> bool:
    """Tell whether a module does anything a test could show: a function with a body, outside a Protocol."""
    tree = ast.parse(text)
    in_protocols = {
        id(method)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for method in functions(node)
    }
    return any(id(function) not in in_protocols for function in functions(tree))
