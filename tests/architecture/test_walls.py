"""The walls between the rooms stand: `.importlinter` holds for the source, and each contract would notice a breach."""

import ast
import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import REVISIONS, SOURCE, TOP, parse, python_files, shown

CONTRACTS = TOP / ".importlinter"
RESULT = re.compile(r"^(?P<name>.+?) (?P<result>KEPT|BROKEN)", re.MULTILINE)
# For each contract, an import that it forbids: who imports, and what.
BREACHES = {
    "rooms": ("jose/errors.py", "tokensmith.server.app"),
    "jose": ("jose/jwa/tables.py", "tokensmith.jose.jwk.key"),
    "guard": ("guard/scopes.py", "tokensmith.guard.verify"),
    "client": ("client/proof_key.py", "tokensmith.client.client"),
    "server": ("server/domain/users.py", "tokensmith.server.flows.sign_in"),
    "storage-apart": ("server/storage/users.py", "tokensmith.server.ops.jobs"),
    "core-light": ("guard/facts.py", "httpx2"),
    "no-loop": ("guard/need.py", "asyncio"),
    "adapters": ("integrations/fastapi.py", "tokensmith.integrations.starlette"),
}
# All that these rooms may need from outside; everything else is an extra.
CORE_NEEDS = {"cryptography", "msgspec"}


def lint(source: Path) -> dict[str, str]:
    """Run import-linter over a source tree (installed copies of it are not looked at); each contract's result."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--config", CONTRACTS],
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    results = {match["name"]: match["result"] for match in RESULT.finditer(done.stdout)}
    assert results, done.stdout + done.stderr
    return results


def contract_names() -> dict[str, str]:
    """The names people read, by the contracts' short names."""
    parser = configparser.ConfigParser()
    parser.read(CONTRACTS)
    prefix = "importlinter:contract:"
    return {section.removeprefix(prefix): parser[section]["name"] for section in parser if section.startswith(prefix)}


def test_every_folder_is_a_package() -> None:
    """The linter sees no folder without `__init__.py`, and what it does not see it does not guard."""
    folders = {path.parent for path in python_files(SOURCE) if not path.is_relative_to(REVISIONS)}

    assert sorted(shown(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_wall_stands() -> None:
    """No room imports what stands above it."""
    assert lint(SOURCE.parent) == dict.fromkeys(contract_names().values(), "KEPT")


def test_every_contract_notices_a_breach(tmp_path: Path) -> None:
    """A copy of the tree without its code, and with one forbidden import per contract, breaks them all."""
    for path in python_files(SOURCE):
        place(tmp_path / path.relative_to(SOURCE.parent), "")
    for importer, imported in BREACHES.values():
        target = tmp_path / "tokensmith" / importer
        place(target, (target.read_text() if target.exists() else "") + f"import {imported}\n")
        if imported.startswith("tokensmith."):
            place(tmp_path / Path(*imported.split(".")).with_suffix(".py"), "")

    assert lint(tmp_path) == dict.fromkeys(contract_names().values(), "BROKEN")


def place(path: Path, text: str) -> None:
    """Write a module, and make packages of the folders it is in; a package keeps what it has."""
    if path.with_suffix("").is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    for folder in path.parents:
        (folder / "__init__.py").touch()
        if folder.name == "tokensmith":
            return


def test_every_contract_has_its_breach() -> None:
    """A new contract is shown to work before it is trusted."""
    assert BREACHES.keys() == contract_names().keys()


@pytest.mark.parametrize("room", ["jose", "compat", "guard"])
def test_the_core_needs_two_libraries_alone(room: str) -> None:
    """Whatever a module of these rooms imports is ours, Python's, cryptography or msgspec."""
    allowed = CORE_NEEDS | set(sys.stdlib_module_names) | {"tokensmith"}
    foreign = {
        f"{shown(path)}: {name}" for path in python_files(SOURCE / room) for name in imported(parse(path)) - allowed
    }

    assert foreign == set()


def imported(tree: ast.Module) -> set[str]:
    """Collect the top-level packages a module imports anywhere when it runs, also inside functions."""
    names: set[str] = set()
    only_for_types = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and ast.unparse(test.test) == "TYPE_CHECKING"
        for statement in test.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in only_for_types:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_imports_are_found_wherever_they_stand() -> None:
    """An import inside a function is an import; one that only a type checker sees is none."""
    assert imported(ast.parse("import a.b\nfrom c import d\ndef f():\n    import e\n")) == {"a", "c", "e"}
    assert imported(ast.parse("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n")) == {"b"}
