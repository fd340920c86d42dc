"""HS256 verification beside npm's fast-jwt without its cache, which is JavaScript compiled to machine code.

Both verify the same token in turns, each in its own process and warm; we promise at most 1.3 times their time.

    .venv/bin/python bench/jose_fast_jwt.py [--rounds N]        needs Node.js and npm; says so where they are missing
"""

import argparse
import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

from jose_contestants import AUDIENCE, ISSUER, SECRET, claims
from jose_machine import facts
from jose_timing import Timing, time_calls

from tokensmith.jose import Key, jwt

FOLDER = Path(__file__).resolve().parent / "node"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
AT_MOST = 1.3
CALLS = 500
"""Calls of a turn: some milliseconds, so that a turn is warm after the other's."""


class FastJwt:
    """A running Node.js that verifies one token."""

    def __init__(self, node: str, token: str) -> None:
        self._process = subprocess.Popen(
            [node, str(FOLDER / "fast_jwt.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        secret = base64.b64encode(SECRET).decode()
        subject = self._ask({"token": token, "secret": secret, "issuer": ISSUER, "audience": AUDIENCE})
        if subject != claims()["sub"]:
            raise RuntimeError(f"fast-jwt read {subject!r}")

    def time(self, calls: int) -> list[float]:
        times: list[float] = self._ask(calls)
        return times

    def stop(self) -> None:
        self._process.kill()
        with self._process:
            pass

    def _ask(self, question: object) -> object:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def measured(node: str, *, rounds: int) -> dict[str, Timing]:
    """Time both in turns."""
    key = Key.from_secret(SECRET)
    token = jwt.Signer(key).sign(claims())
    verifier = jwt.Verifier(key, issuer=ISSUER, audience=AUDIENCE)
    fast_jwt = FastJwt(node, token)
    samples: dict[str, list[float]] = {"tokensmith": [], "fast-jwt": []}
    try:
        # A compiler that learns as it runs needs some thousand calls before it is at its best.
        fast_jwt.time(50_000)
        for _ in range(rounds):
            samples["fast-jwt"] += fast_jwt.time(CALLS)
            samples["tokensmith"] += time_calls(lambda: verifier.verify(token), CALLS)
    finally:
        fast_jwt.stop()
    return {name: Timing(tuple(sorted(times))) for name, times in samples.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=600, help="turns of each (default 600)")
    options = parser.parse_args()
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("fast-jwt: not measured; Node.js and npm are not here")
        return 0
    if not (FOLDER / "node_modules" / "fast-jwt").exists():
        subprocess.run([npm, *INSTALL], cwd=FOLDER, check=True)
    timings = measured(node, rounds=options.rounds)
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(" · ".join(f"{name} {value}" for name, value in facts().items()) + f" · Node.js {version}")
    for name, timing in timings.items():
        print(f"HS256 verify {name:<14}{timing.low / 1e3:>8.2f} µs, median {timing.median / 1e3:.2f}")
    share = timings["tokensmith"].low / timings["fast-jwt"].low
    holds = share <= AT_MOST
    print(f"{'held' if holds else 'NOT HELD':<9} HS256 verify takes, against fast-jwt: at most {AT_MOST}: {share:.3g}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
