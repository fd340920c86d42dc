"""Where the project's files are, and their parsed form."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = TOP / "src" / "tokensmith"
TESTS: Final = TOP / "tests"
# Alembic loads these by their path, one after another; they are no modules, and are tested by being run.
REVISIONS: Final = SOURCE / "server" / "storage" / "migrations"


def python_files(*folders: Path) -> list[Path]:
    """List the Python files under some folders; a folder that is not there yet has none."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Parse one file."""
    return ast.parse(path.read_text(), filename=str(path))


def shown(path: Path) -> str:
    """Write a path as people say it: from the top of the checkout."""
    return str(path.relative_to(TOP))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Walk every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
