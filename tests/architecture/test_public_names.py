"""One public path per name: what a room offers stands in its `__init__`, complete and sorted."""

import ast
import importlib
from pathlib import Path

import pytest

from tests.architecture.tree import SOURCE, parse, python_files, shown

ROOMS = [path for path in python_files(SOURCE) if path.name == "__init__.py" and "__all__" in path.read_text()]


@pytest.mark.parametrize("room", ROOMS, ids=shown)
def test_a_room_lists_its_public_names_once_and_sorted(room: Path) -> None:
    """Constants, then classes, then functions and modules, each by the alphabet: the linter's order."""
    names = listed(parse(room))

    assert names == sorted(set(names), key=sorting_key)


@pytest.mark.parametrize("room", ROOMS, ids=shown)
def test_a_room_offers_what_it_imports_and_nothing_else(room: Path) -> None:
    """A name that is re-exported by accident would be public by accident."""
    assert set(listed(parse(room))) == defined(parse(room))


@pytest.mark.parametrize("room", ROOMS, ids=shown)
def test_every_public_name_exists(room: Path) -> None:
    """Importing the room gives each of them."""
    module = importlib.import_module(".".join(room.parent.relative_to(SOURCE.parent).parts))

    assert [name for name in listed(parse(room)) if not hasattr(module, name)] == []


def test_types_are_for_the_checkers_of_others_too() -> None:
    """PEP 561: without the marker, a program's checker takes all we return for `Any`."""
    assert (SOURCE / "py.typed").is_file()


def listed(tree: ast.Module) -> list[str]:
    """Read `__all__`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            names: list[str] = ast.literal_eval(node.value)
            return list(names)
    return []


def defined(tree: ast.Module) -> set[str]:
    """Collect the names a module's top level binds, private ones and `__all__` left out."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names.update(alias.asname or alias.name for alias in aliases)
            case ast.Assign(targets=targets):
                names.update(ast.unparse(target) for target in targets)
            case ast.AnnAssign(target=target):
                names.add(ast.unparse(target))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def sorting_key(name: str) -> tuple[int, str]:
    """Order names as ruff's RUF022 does."""
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, name


def test_names_bound_in_any_way_count() -> None:
    """Imports, renamed imports, constants, classes and functions."""
    tree = ast.parse(
        "from a import b as c, d\nX = 1\nY: int = 2\nclass E: ...\ndef f(): ...\n_private = 3\n__all__ = ['d']\n"
    )

    assert defined(tree) == {"c", "d", "X", "Y", "E", "f"}
    assert listed(tree) == ["d"]


def test_the_order_is_constants_classes_functions() -> None:
    """By the alphabet inside each."""
    assert sorted(["jwt", "Key", "ANY", "jws", "JoseError"], key=sorting_key) == [
        "ANY",
        "JoseError",
        "Key",
        "jws",
        "jwt",
    ]
