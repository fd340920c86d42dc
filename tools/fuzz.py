"""Attack every target of tests/fuzz for some seconds all together, as many at a time as there are processors.

Usage: .venv/bin/python tools/fuzz.py --seconds 60

Ends with 1 when a property was broken, after saying how to see it again. Where atheris is not to be had it says so and
ends with 0, unless REQUIRE_SERVICES=1 says that nothing may be left out.
"""

import argparse
import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).resolve().parent.parent
TARGETS: Final = TOP / "tests" / "fuzz" / "targets"
# Until a process has read its keys and seeds; the time that is asked for includes it.
START_SECONDS: Final = 3
# libFuzzer ends itself; this is for the case that it does not.
PATIENCE_SECONDS: Final = 120
RUNS: Final = re.compile(r"^stat::number_of_executed_units: (\d+)$", re.MULTILINE)
BRANCHES: Final = re.compile(r"\bcov: (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one target."""

    name: str
    status: int
    log: str

    @property
    def summary(self) -> str:
        """One line for the eye."""
        runs, branches = RUNS.findall(self.log), BRANCHES.findall(self.log)
        counts = f"{runs[-1] if runs else '?':>9} runs {branches[-1] if branches else '?':>5} branches"
        return f"{self.name:<14}{counts}   {'held' if self.status == 0 else 'BROKEN'}"


def main(arguments: list[str]) -> int:
    """Attack all targets; 0 when every property held."""
    parser = argparse.ArgumentParser(prog="fuzz.py", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args(arguments).seconds
    if importlib.util.find_spec("atheris") is None:
        return say_missing(os.environ, version=sys.version_info[:2], machine=platform.machine())
    names = sorted(path.stem for path in TARGETS.glob("*.py"))
    workers = os.cpu_count() or 1
    share = max(1, seconds * workers // len(names) - START_SECONDS)
    with ThreadPoolExecutor(workers) as pool:
        return report(pool.map(lambda name: attack(name, seconds=share), names))


def say_missing(environ: Mapping[str, str], *, version: tuple[int, ...], machine: str) -> int:
    """Say that nothing is run; 1 where it could have been and nothing may be left out."""
    print("not run: atheris is missing; it comes for Python 3.11 and 3.12 on Linux on x86-64")
    return int(environ.get("REQUIRE_SERVICES") == "1" and version < (3, 13) and machine == "x86_64")


def report(outcomes: Iterable[Outcome]) -> int:
    """Print a line for each target as it ends, and at last the log of each that broke; 1 if there is one."""
    broken = []
    for outcome in outcomes:
        print(outcome.summary, flush=True)
        if outcome.status != 0:
            broken.append(outcome)
    for outcome in broken:
        print(f"\n== {outcome.name}\n{outcome.log[-4000:]}")
        print(f"again: .venv/bin/python -m tests.fuzz.one {outcome.name} --replay .fuzz/{outcome.name}/…")
    return 1 if broken else 0


def attack(name: str, *, seconds: int) -> Outcome:
    """Run one target in a process of its own, which a broken property ends."""
    command = [sys.executable, "-m", "tests.fuzz.one", name, "--seconds", str(seconds)]
    try:
        done = subprocess.run(
            command,
            cwd=TOP,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds + PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(name=name, status=-1, log="It did not end.")
    return Outcome(name=name, status=done.returncode, log=done.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
