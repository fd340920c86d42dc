"""Combine what the test run and every server process it started have measured, and hold each room to its share.

Usage: .venv/bin/python tools/coverage_by_room.py    (after `coverage run -m pytest`)
"""

import subprocess
import sys
from collections.abc import Mapping
from typing import Final

# Percent of lines and branches. What decides about a token is covered whole; see CONTRIBUTING.md.
ROOMS: Final[Mapping[str, int]] = {"jose": 100, "compat": 100, "guard": 100, "client": 100, "server": 95}


def main() -> int:
    """Print each room's uncovered lines; 1 if any room stays below its share."""
    coverage("combine", "--quiet")
    below = [room for room, percent in ROOMS.items() if not holds(room, percent)]
    if below:
        print(f"Coverage is too low: {', '.join(below)}", file=sys.stderr)
    return 1 if below else 0


def holds(room: str, percent: int) -> bool:
    """Report one room; tell whether it reaches its share."""
    print(f"\n{room}: at least {percent} %", flush=True)
    return coverage("report", f"--include=*/tokensmith/{room}/*", f"--fail-under={percent}") == 0


def coverage(*arguments: str) -> int:
    """Run the coverage command; its exit status."""
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
