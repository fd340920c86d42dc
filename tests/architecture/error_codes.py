"""Collect the error codes that the source raises, the tests name, and the documentation explains."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

ROW: Final = re.compile(r"^\|\s*`(?P<code>[a-z0-9_]+)`\s*\|", re.MULTILINE)


def raised(text: str) -> Iterator[str]:
    """Find `code = "…"` in classes and `code="…"` in calls."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            yield from class_codes(node)
        elif isinstance(node, ast.Call):
            values = (keyword.value for keyword in node.keywords if keyword.arg == "code")
            yield from constants(values)


def class_codes(node: ast.ClassDef) -> Iterator[str]:
    """Read the code an error class stands for unless told otherwise."""
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="code")], value=value):
                yield from constants([value])
            case ast.AnnAssign(target=ast.Name(id="code"), value=ast.expr() as value):
                yield from constants([value])


def constants(values: Iterable[ast.expr]) -> Iterator[str]:
    """Keep the strings among some expressions, also both arms of a choice between two."""
    for value in values:
        match value:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=body, orelse=orelse):
                yield from constants([body, orelse])


def named(text: str) -> Iterator[str]:
    """Find every whole string a test could compare a code with."""
    return (
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def explained(markdown: str) -> list[str]:
    """Read the first column of the tables, in order, duplicates kept."""
    return [match["code"] for match in ROW.finditer(markdown)]
