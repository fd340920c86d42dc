"""What the token server costs: tokens, refreshes and sign-ins per second, and per second of the server's processor.

    python bench/server.py [--seconds 5] [--workers 1 2] [--postgres URL | --no-postgres] [--json]

The server is the real one (`tokensmith serve --demo`), over HTTP on loopback, each kind of request from a process of
its own. Both share this machine, so the rate per processor second of the server says more than the rate by the clock.
PostgreSQL, unless one is named, is the tests' own: it does not sync to disk, so nothing is said here about durability.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from server_load import CALLERS

TOP: Final = Path(__file__).resolve().parent.parent
TICKS: Final = os.sysconf("SC_CLK_TCK")
LOAD: Final = Path(__file__).with_name("server_load.py")
START_SECONDS: Final = 60
ENVIRONMENT: Final = {
    "TOKENSMITH_SIGN_INS_PER_MINUTE": "100000",
    "TOKENSMITH_LOG_FORMAT": "json",
    "TOKENSMITH_LOG_LEVEL": "warning",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement. *per_cpu_second*: per second that the server's processes used of a processor."""

    database: str
    workers: int
    what: str
    callers: int
    per_second: float
    per_cpu_second: float
    median_ms: float
    p99_ms: float


@dataclass(frozen=True, kw_only=True)
class Start:
    """A start: seconds to the first healthy answer, on a new and on a ready database; memory after the load."""

    database: str
    workers: int
    first_start_seconds: float
    start_seconds: float
    memory_mb: float


class Server:
    """A running server and its workers; with people and clients to measure it with, unless *demo* is False."""

    def __init__(self, folder: Path, database: str, *, workers: int, demo: bool = True) -> None:
        self.port = free_port()
        self._demo_file = folder / "demo.json"
        arguments = ["--database", database, "--workers", str(workers)]
        arguments += ["--demo", "--demo-file", str(self._demo_file)] if demo else []
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tokensmith", "serve", "--port", str(self.port), *arguments],
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_healthy(begun + START_SECONDS)
        self.start_seconds = time.perf_counter() - begun

    def _wait_until_healthy(self, deadline: float) -> None:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=START_SECONDS).close()
            except OSError:
                if self._process.poll() is not None or time.perf_counter() > deadline:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.005)
            else:
                return

    @property
    def demo(self) -> dict[str, Any]:
        demo: dict[str, Any] = json.loads(self._demo_file.read_text())["demo"]
        return demo

    def processes(self) -> list[int]:
        pid = self._process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def cpu_seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.processes())

    def memory_mb(self) -> float:
        return sum(memory_mb(pid) for pid in self.processes())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def measure(server: Server, what: str, *, database: str, workers: int, seconds: float) -> Row:
    with subprocess.Popen(
        [sys.executable, LOAD, what, str(server.port), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TOKENSMITH_BENCH_DEMO": json.dumps(server.demo)},
        text=True,
    ) as process:
        if process.stdout is None or process.stdin is None or process.stdout.readline() != "ready\n":
            raise SystemExit("the load did not start")
        before = server.cpu_seconds()
        print("go", file=process.stdin, flush=True)
        found = json.loads(process.stdout.readline())
        used = server.cpu_seconds() - before
    took = sorted(found["took"])
    return Row(
        database=database,
        workers=workers,
        what=what,
        callers=CALLERS[what],
        per_second=len(took) / found["seconds"],
        per_cpu_second=len(took) / used,
        median_ms=1000 * took[len(took) // 2],
        p99_ms=1000 * took[len(took) * 99 // 100],
    )


def measure_all(folder: Path, name: str, url: str, *, workers: int, seconds: float) -> tuple[Start, list[Row]]:
    first = Server(folder, url, workers=workers)
    first.stop()
    server = Server(folder, url, workers=workers)
    try:
        rows = [measure(server, what, database=name, workers=workers, seconds=seconds) for what in CALLERS]
        start = Start(
            database=name,
            workers=workers,
            first_start_seconds=first.start_seconds,
            start_seconds=server.start_seconds,
            memory_mb=server.memory_mb(),
        )
    finally:
        server.stop()
    return start, rows


@contextmanager
def tests_postgres() -> Iterator[Callable[[], str] | None]:
    """The tests' own PostgreSQL; None where it is not installed."""
    sys.path.insert(0, str(TOP))
    import shutil  # noqa: PLC0415
    import signal  # noqa: PLC0415

    from tests.services import postgres  # noqa: PLC0415
    from tests.services.processes import Process  # noqa: PLC0415

    programs = postgres.find_programs()
    if programs is None:
        yield None
        return
    user = postgres.unprivileged_user()
    folder = postgres.make_folder(user)
    postgres.make_cluster(programs / "initdb", str(folder / "data"), user=user)
    server = postgres.PostgresServer(free_port())
    settings = [part for setting in postgres.SETTINGS for part in ("-c", setting)]
    listen = ["-p", str(server.port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder)]
    process = Process([programs / "postgres", "-D", str(folder / "data"), *listen, *settings], user=user, folder=folder)
    try:
        postgres.wait_until_ready(server, process)
        yield lambda: server.url(server.create())
    finally:
        process.stop(how=signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)


def show(starts: list[Start], rows: list[Row]) -> None:
    heads = f"{'callers':>8}{'per s':>10}{'per CPU s':>11}{'median':>10}{'p99':>10}"
    print(f"{'database':<12}{'workers':>8}  {'request':<20}{heads}")
    for row in rows:
        print(
            f"{row.database:<12}{row.workers:>8}  {row.what:<20}{row.callers:>8}{row.per_second:>10.0f}"
            f"{row.per_cpu_second:>11.0f}{row.median_ms:>7.1f} ms{row.p99_ms:>7.1f} ms"
        )
    print(f"\n{'database':<12}{'workers':>8}  {'first start':>12}{'start':>9}{'memory':>11}")
    for start in starts:
        print(
            f"{start.database:<12}{start.workers:>8}  {start.first_start_seconds:>10.2f} s{start.start_seconds:>7.2f} s"
            f"{start.memory_mb:>8.0f} MB"
        )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="per measurement")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--postgres", metavar="URL", help="an empty database; TOKENSMITH_SEALING_KEY must be set")
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    options = parse()
    starts, rows = [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ.setdefault("TOKENSMITH_SEALING_KEY", "tsk_" + "A" * 43)
        urls: list[tuple[str, Callable[[], str]]] = [
            ("SQLite", lambda: f"sqlite:///{tempfile.mkdtemp(dir=folder)}/t.db")
        ]
        if options.postgres:
            urls.append(("PostgreSQL", lambda: options.postgres))
        elif not options.no_postgres and (new_database := stack.enter_context(tests_postgres())) is not None:
            urls.append(("PostgreSQL", new_database))
        for name, new_url in urls:
            for workers in options.workers:
                start, found = measure_all(folder, name, new_url(), workers=workers, seconds=options.seconds)
                starts.append(start)
                rows += found
    if options.json:
        print(json.dumps({"starts": [asdict(one) for one in starts], "rows": [asdict(one) for one in rows]}))
    else:
        show(starts, rows)


if __name__ == "__main__":
    main()
