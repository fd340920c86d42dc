"""Change a source file in one small place, and see whether a test notices; for each place (docs/mutation.md).

Usage: .venv/bin/python -m tools.mutation FILE-OR-FOLDER… [--every N] [--first N] [--workers N] [--json FILE]

The tests of a mutant are those that mirror its file, `tests/jose/jws/test_verify*.py` for `jose/jws/verify.py`; if they
let it pass, all of their folder. What passes those as well is printed as a survivor: tests elsewhere may still notice
it. With `--every 4` only every fourth mutant is tried; `--first 0` to `--first 3` are the four parts of the whole.

No file is changed: each mutant lives in a process of its own, forked with the libraries loaded, which imports the
changed text in the file's place.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Final

from tools.mutants import mutants_of

TOP: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = TOP / "src"
# The slowest folder takes a minute; a mutant that never ends is noticed, too.
PATIENCE_SECONDS: Final = 240
# Plugins that are loaded already cannot have their asserts rewritten, and none fails here.
IGNORED: Final = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
PYTEST: Final = ("-x", "-q", "-n0", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:faker", *IGNORED)
# What the tests bring along, loaded once for all processes; nothing of our own.
LOADED_ONCE: Final = (
    "pytest",
    "hypothesis",
    "cryptography.x509",
    "msgspec",
    "httpx2",
    "playwright.sync_api",
    "psycopg",
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One mutant to try."""

    file: Path
    line: int
    what: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of it."""

    file: str
    line: int
    what: str
    is_noticed: bool


class Changed(MetaPathFinder, SourceLoader):  # type: ignore[misc]  # typeshed has its bases at odds
    """Imports the changed text where the module is asked for."""

    def __init__(self, attempt: Attempt) -> None:
        self._name = ".".join(attempt.file.relative_to(SOURCE).with_suffix("").parts)
        self._path = str(attempt.file)
        self._text = attempt.text

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - there is one place
        target: ModuleType | None = None,  # noqa: ARG002
        /,
    ) -> ModuleSpec | None:
        """Answer for the one module."""
        return spec_from_loader(fullname, self, origin=self._path) if fullname == self._name else None

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - there is one
        """Say whose place it takes."""
        return self._path

    def get_data(self, path: str) -> bytes:
        """Give the changed text, and nothing that was compiled from the real one."""
        if path != self._path:
            raise OSError(path)
        return self._text.encode()


def main(arguments: list[str]) -> int:
    """Try the mutants of some files; always 0, since a survivor is a question and no failure."""
    parser = argparse.ArgumentParser(prog="mutation.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    for name in LOADED_ONCE:
        importlib.import_module(name)
    attempts = [each for file in chosen.files for each in attempts_on(file.resolve(), chosen.first, chosen.every)]
    outcomes: list[Outcome] = []
    with multiprocessing.get_context("fork").Pool(chosen.workers, maxtasksperchild=1) as pool:
        for outcome in pool.imap(tried, attempts, chunksize=1):
            outcomes.append(outcome)
            if not outcome.is_noticed:
                print(f"{outcome.file}:{outcome.line}: {outcome.what}", flush=True)
            if chosen.json:
                chosen.json.write_text(json.dumps([asdict(each) for each in outcomes], indent=1, ensure_ascii=False))
    print("\n".join(score(outcomes)))
    return 0


def attempts_on(place: Path, first: int, every: int) -> Iterator[Attempt]:
    """Make the mutants of a file, or of all in a folder: of each file the *first*, from 0, and every so many on."""
    for file in sorted(place.rglob("*.py")) or [place]:
        for mutant in list(mutants_of(file.read_text()))[first::every]:
            yield Attempt(file=file, line=mutant.line, what=mutant.what, text=mutant.text)


def tried(attempt: Attempt) -> Outcome:
    """Run the tests of one mutant until one of them fails; the process is used for nothing else."""
    sys.meta_path.insert(0, Changed(attempt))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    name = str(attempt.file.relative_to(SOURCE))
    is_noticed = any(fails(tests) for tests in tests_for(attempt.file) if tests)
    return Outcome(file=name, line=attempt.line, what=attempt.what, is_noticed=is_noticed)


def tests_for(file: Path) -> tuple[list[Path], list[Path]]:
    """Find the tests that mirror a file, and all that are near it."""
    parts = file.relative_to(SOURCE / "tokensmith").parts
    folder = TOP.joinpath("tests", *parts[:-1])
    near = sorted(folder.glob("test_*.py")) if len(parts) == 2 else [folder]
    return sorted(folder.glob(f"test_{file.stem}*.py")), near


def fails(tests: list[Path]) -> bool:
    """Tell whether the tests end with anything but success; not to end counts as failing."""
    import pytest  # noqa: PLC0415 - by now it is loaded; at the top, every reader of this file would load it

    def give_up(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE_SECONDS)
    status = 1
    # A mutant may raise anything, also while pytest reads it.
    with suppress(BaseException):
        status = int(pytest.main([*PYTEST, *map(str, tests)]))
    signal.alarm(0)
    return status != 0


def score(outcomes: list[Outcome]) -> Iterator[str]:
    """Say for each file how many of its mutants were noticed."""
    for file in [*dict.fromkeys(outcome.file for outcome in outcomes), "all"]:
        here = [outcome for outcome in outcomes if file in ("all", outcome.file)]
        noticed = sum(outcome.is_noticed for outcome in here)
        yield f"{file:<50}{noticed:>6} of {len(here):>5}{noticed / max(1, len(here)):>8.1%}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
