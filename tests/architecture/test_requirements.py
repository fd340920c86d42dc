"""Everything that is installed is pinned by hash, and no file says where it comes from."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import TESTS, TOP, shown

PINS = sorted((TOP / "requirements").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[a-zA-Z0-9._-]+)(\[[^]]*])?==(?P<version>[^\s;]+)(\s*;[^\\]+)?\s*\\?$")
NODE_LOCKS = sorted(
    path
    for folder in (TESTS, TOP / "bench")
    for path in folder.rglob("package-lock.json")
    if "node_modules" not in path.parts
)
HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}\s*\\?$")
HOST = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|\s@\s|^-i\s")


def pins(text: str) -> dict[str, int]:
    """Count the hashes of each pin, "name==version".

    Raises:
        ValueError: A line is neither a pin, nor a hash of one, nor a comment.
    """
    counts: dict[str, int] = {}
    current = ""
    for line in text.splitlines():
        if match := PIN.match(line):
            current = f"{match['name'].lower()}=={match['version']}"
            counts[current] = 0
        elif HASH.match(line):
            counts[current] += 1
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"neither a pin nor a hash: {line!r}")
    return counts


def hosts(text: str) -> Iterator[str]:
    """Find the lines that name a package host or a file elsewhere."""
    return (line for line in text.splitlines() if HOST.search(line))


@pytest.mark.parametrize("path", PINS, ids=shown)
def test_every_requirement_is_pinned_by_hash(path: Path) -> None:
    """A pin without a hash would take whatever a mirror calls by that version."""
    found = pins(path.read_text())

    assert found
    assert [name for name, hashes in found.items() if hashes == 0] == []


@pytest.mark.parametrize("path", [*PINS, TOP / "pyproject.toml", TOP / "Makefile"], ids=shown)
def test_no_file_names_a_package_host(path: Path) -> None:
    """Whoever installs brings the index; a lock file with addresses would ask the wrong one."""
    assert list(hosts(path.read_text())) == []


@pytest.mark.parametrize("path", NODE_LOCKS, ids=shown)
def test_every_package_of_node_is_pinned_by_hash_and_without_a_host(path: Path) -> None:
    """With omit-lockfile-registry-resolved=true npm writes no addresses; else it would ask them, not its registry."""
    packages = {name: entry for name, entry in json.loads(path.read_text())["packages"].items() if name}

    assert packages
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert list(hosts(path.read_text())) == []


@pytest.mark.parametrize("name", ["run.txt", "container.txt", "build.txt"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    """`make run` and the container image install a subset of what `make test` installs, at the same versions."""
    run, dev = (pins((TOP / "requirements" / each).read_text()) for each in (name, "dev.txt"))

    assert run.keys() - dev.keys() == set()


def test_the_package_itself_sets_floors_and_never_caps() -> None:
    """A cap in a library is a conflict in somebody's application."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    required = [
        *project["dependencies"],
        *(entry for extra in project["optional-dependencies"].values() for entry in extra),
    ]

    assert [entry for entry in required if re.search(r"(<|==|~=|!=)", entry.split(";")[0])] == []


def test_a_missing_hash_is_noticed() -> None:
    """Also when the requirement before it has one."""
    hashed = "a==1 \\\n    --hash=sha256:" + "0" * 64

    assert pins(f"{hashed}\nb==2\n    # via a\n") == {"a==1": 1, "b==2": 0}


@pytest.mark.parametrize("line", ["a>=1", "a", "-e .", "a @ file:///a.whl"])
def test_anything_but_a_pin_is_noticed(line: str) -> None:
    """A range, a bare name, a path."""
    with pytest.raises(ValueError, match="neither"):
        pins(line)


@pytest.mark.parametrize(
    "line", ["--index-url https://x.example", "a @ https://x.example/a.whl", "--find-links /wheels"]
)
def test_a_host_is_noticed(line: str) -> None:
    """However it is written."""
    assert list(hosts(line)) == [line]
