"""What importing costs, each time in a fresh interpreter."""

import subprocess
import sys

SCRIPT = "from time import process_time_ns as now; before = now(); import {module}; print(now() - before)"


def import_times(*modules: str, rounds: int) -> dict[str, float]:
    """Import each module in turns; returns milliseconds of processor time, the best of all rounds."""
    taken: dict[str, list[int]] = {module: [] for module in modules}
    for _ in range(rounds):
        for module in modules:
            command = [sys.executable, "-I", "-c", SCRIPT.format(module=module)]
            taken[module].append(int(subprocess.run(command, capture_output=True, check=True).stdout))
    return {module: min(times) / 1e6 for module, times in taken.items()}
