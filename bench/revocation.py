"""How soon a sign-out is felt: many services, each with a guard of its own, and sessions that end one after the other.

    python bench/revocation.py [--guards 20] [--sessions 200] [--json]

From the sign-out's answer to the moment at which the last of all guards refuses the access token, once with guards that
only poll and once with guards that listen to the server's feed. Every guard checks good tokens all the while, of which
none may be refused; and the server counts what guards asked it. Ends with 1 where a promise is not kept.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from server import Server

GUARD: Final = Path(__file__).with_name("revocation_guard.py")
BETWEEN_SECONDS: Final = 0.1
# From the last sign-out on: longer than any bound.
PATIENCE_SECONDS: Final = 15.0
BOUND_SECONDS: Final = 5.0
PUSH_SECONDS: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement; *felt* is, for each session, the seconds until the last guard refused it."""

    way: str
    guards: int
    felt: list[float]
    never: int
    wrongly_refused: int
    checks: int
    asked: dict[str, int]

    @property
    def holds(self) -> bool:
        bound = PUSH_SECONDS if self.way == "feed" else BOUND_SECONDS
        return not self.never and not self.wrongly_refused and max(self.felt) <= bound


@dataclass
class Guards:
    """Guard processes, and what they said."""

    processes: list[subprocess.Popen[str]]
    refused: dict[int, list[float]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)

    def tell(self, number: int) -> None:
        for process in self.processes:
            print(number, file=process.stdin, flush=True)

    def read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            said = json.loads(line)
            if "refused" in said:
                self.refused.setdefault(said["refused"], []).append(said["at"])
            else:
                self.totals.update(said)


@contextmanager
def guards_for(server: Server, tokens: list[str], *, count: int, way: str) -> Iterator[Guards]:
    issuer = f"http://127.0.0.1:{server.port}"
    jwks_uri = f"{issuer}/.well-known/jwks.json" if way == "poll" else None
    start = {"issuer": issuer, "audience": server.demo["audience"], "jwks_uri": jwks_uri, "tokens": tokens}
    command = [sys.executable, str(GUARD)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for process in processes:
        print(json.dumps(start), file=process.stdin, flush=True)
    for process in processes:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit("a guard did not start")
    guards = Guards(processes)
    readers = [threading.Thread(target=guards.read, args=(process,)) for process in processes]
    for reader in readers:
        reader.start()
    yield guards
    for process in processes:
        if process.stdin is not None:
            process.stdin.close()
    for reader, process in zip(readers, processes, strict=True):
        reader.join()
        process.wait()


def post(server: Server, path: str, body: dict[str, str]) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def sign_in(server: Server) -> dict[str, Any]:
    people = server.demo["people"]
    answer: dict[str, Any] = json.loads(post(server, "/api/login", {"username": "ada", "password": people["ada"]}))
    return answer


def asked_by_guards(server: Server) -> Counter[str]:
    """Requests that the server counted, by URL, of those that guards make."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    counts: Counter[str] = Counter()
    for line in lines:
        if line.startswith("tokensmith_request_seconds_count{") and ("/status" in line or "/.well-known" in line):
            labels, _, value = line.rpartition(" ")
            counts[labels.partition('route="')[2].partition('"')[0]] += int(float(value))
    return counts


def measure(server: Server, *, guards: int, sessions: int, way: str) -> Row:
    answers = [sign_in(server) for _ in range(sessions)]
    before = asked_by_guards(server)
    ended_at: dict[int, float] = {}
    with guards_for(server, [answer["access_token"] for answer in answers], count=guards, way=way) as crowd:
        for number in random.sample(range(sessions), sessions):
            post(server, "/api/logout", {"refresh_token": answers[number]["refresh_token"]})
            ended_at[number] = time.monotonic()
            crowd.tell(number)
            time.sleep(random.uniform(0, 2 * BETWEEN_SECONDS))
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and any(len(crowd.refused.get(each, ())) < guards for each in ended_at):
            time.sleep(0.05)
        asked = asked_by_guards(server) - before
    complete = [number for number in ended_at if len(crowd.refused.get(number, ())) == guards]
    return Row(
        way=way,
        guards=guards,
        felt=[max(crowd.refused[number]) - ended_at[number] for number in complete],
        never=sessions - len(complete),
        wrongly_refused=crowd.totals["wrongly_refused"],
        checks=crowd.totals["checks"],
        asked=dict(asked),
    )


def show(rows: list[Row]) -> None:
    print(f"{'guards':<8}{'':<6}{'sessions':>9}{'median':>10}{'worst':>10}{'checks':>10}{'asked':>8}   promise")
    for row in rows:
        sessions, asked = len(row.felt) + row.never, sum(row.asked.values())
        print(
            f"{row.guards:<8}{row.way:<6}{sessions:>9}{median(row.felt):>8.2f} s{max(row.felt):>8.2f} s"
            f"{row.checks:>10}{asked:>8}   {'held' if row.holds else 'NOT HELD'}"
        )
        print(f"{'':<14}asked: " + ", ".join(f"{url} {count}" for url, count in sorted(row.asked.items())))
        if row.never or row.wrongly_refused:
            print(f"{'':<14}{row.never} never refused everywhere, {row.wrongly_refused} good ones refused")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--guards", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), f"sqlite:///{folder}/t.db", workers=1)
        try:
            rows = [
                measure(server, guards=options.guards, sessions=options.sessions, way=way) for way in ("poll", "feed")
            ]
        finally:
            server.stop()
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
    else:
        show(rows)
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
