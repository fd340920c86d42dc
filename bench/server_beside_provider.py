"""Our server beside npm's oidc-provider, on one machine, under one load: requests per second of the server's processor.

    python bench/server_beside_provider.py [--seconds 5] [--rounds 3]

Both are one process. Ours keeps everything in SQLite, theirs in its memory. Tokens are JWTs signed with ES256 at both;
theirs are opaque for introspection, as it asks nobody about JWTs. Introspection is measured twice: of one token again
and again, and of more different ones than ours remembers. wrk (Debian's package) makes the load, over 16 connections.
The two take turns, and the middle round counts: a machine that is busy is so for both.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

TOP: Final = Path(__file__).resolve().parent.parent
PROVIDER: Final = TOP / "tests" / "interop" / "provider" / "load.mjs"
TICKS: Final = os.sysconf("SC_CLK_TCK")
SECRET: Final = "the secret of a test, thirty-two bytes or more"
AUDIENCE: Final = "https://notes.example"
START_SECONDS: Final = 60
# Twice as many as our process remembers, so that each comes back after it was forgotten.
MANY_TOKENS: Final = 4096
# From the issue: ours over theirs, at least. Of tokens that nobody asked about before it says nothing.
TARGETS: Final = {"client credentials": 2.0, "introspection": 1.0, "JWKS": 1.0}


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server: its process, where it listens, and what its one client shows."""

    pid: int
    base: str
    credentials: dict[str, str]

    def token(self) -> str:
        """Fetch an access token."""
        request = urllib.request.Request(f"{self.base}/token", data=self.token_form().encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: str = json.load(answer)["access_token"]
        return found

    def token_form(self) -> str:
        """Return the form that asks for one."""
        return urlencode({"grant_type": "client_credentials", "scope": "notes:read", **self.credentials})

    def question(self, token: str) -> str:
        """Return the form that asks about one."""
        return urlencode({"token": token, **self.credentials})

    def cpu_seconds(self) -> float:
        """Return how long its process has had a processor."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@contextmanager
def running(command: list[str], *, base: str, credentials: dict[str, str]) -> Iterator[Server]:
    """Start a server and wait until it answers."""
    environment = {**os.environ, "TOKENSMITH_LOG_LEVEL": "warning", "TOKENSMITH_CLIENT_FAILURES_PER_MINUTE": "100000"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            wait_for(f"{base}/.well-known/openid-configuration")
            yield Server(pid=process.pid, base=base, credentials=credentials)
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def ours(folder: Path) -> Iterator[Server]:
    """Start ours, with a client that asks for itself."""
    tokensmith = [sys.executable, "-m", "tokensmith"]
    database = ["--database", f"sqlite:///{folder / 'bench.db'}"]
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    subprocess.run([*tokensmith, "migrate", *database], check=True, capture_output=True)
    resource = ["resource", "create", AUDIENCE, "--scope", "notes:read"]
    subprocess.run([*tokensmith, *resource, *database], check=True, capture_output=True)
    client = ["client", "create", "robot", "--resource", AUDIENCE, "--scope", "notes:read"]
    made = subprocess.run([*tokensmith, *client, *database], check=True, capture_output=True, text=True)
    credentials = {"client_id": "robot", "client_secret": made.stdout.strip()}
    serve = [*tokensmith, "serve", "--port", str(port), *database]
    with running(serve, base=base, credentials=credentials) as server:
        yield server


@contextmanager
def theirs(token_format: str) -> Iterator[Server]:
    """Start npm's."""
    if not (PROVIDER.parent / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--prefix", str(PROVIDER.parent)], check=True, capture_output=True)
    port = free_port()
    command = ["node", str(PROVIDER), str(port), token_format]
    credentials = {"client_id": "robot", "client_secret": SECRET}
    with running(command, base=f"http://127.0.0.1:{port}", credentials=credentials) as server:
        yield server


def load(server: Server, path: str, forms: list[str], *, seconds: int) -> float:
    """Put it under load, with one form after the other; requests answered well, per second of its processor."""
    script = "done = function(s, l, r) io.write(string.format('%d %d', s.requests, s.errors.status)) end\n"
    if forms:
        script += 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
        script += f"local forms, at = {{{','.join(map(json.dumps, forms))}}}, 0\n"
        script += "request = function() at = at % #forms + 1; return wrk.format(nil, nil, nil, forms[at]) end\n"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        before = server.cpu_seconds()
        command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", file.name, server.base + path]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        used = server.cpu_seconds() - before
    requests, failed = map(int, done.stdout.splitlines()[-1].split())
    if failed:
        raise RuntimeError(f"{failed} of {requests} requests to {path} failed")
    return requests / used


Load = tuple[Server, str, list[str]]


def rows(us: Server, jwt: Server, opaque: Server) -> dict[str, tuple[Load, Load]]:
    """Say what is asked of whom."""
    ours_, theirs_ = ([server.question(server.token()) for _ in range(MANY_TOKENS)] for server in (us, opaque))
    mine, other = (us, "/introspect"), (opaque, "/token/introspection")
    return {
        "client credentials": ((us, "/token", [us.token_form()]), (jwt, "/token", [jwt.token_form()])),
        "introspection": ((*mine, ours_[:1]), (*other, theirs_[:1])),
        "introspection, new": ((*mine, ours_), (*other, theirs_)),
        "JWKS": ((us, "/.well-known/jwks.json", []), (jwt, "/jwks", [])),
    }


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    missed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [stack.enter_context(server) for server in (ours(folder), theirs("jwt"), theirs("opaque"))]
        print(f"{'per second of its processor':<28}{'ours':>9}{'theirs':>9}{'ratio':>8}{'target':>8}")
        for what, (mine, other) in rows(*servers).items():
            measured = [[load(*one, seconds=chosen.seconds) for one in (mine, other)] for _ in range(chosen.rounds)]
            ratio = statistics.median(ours_ / theirs_ for ours_, theirs_ in measured)
            middle = [statistics.median(column) for column in zip(*measured, strict=True)]
            print(f"{what:<28}{middle[0]:>9.0f}{middle[1]:>9.0f}{ratio:>8.2f}", end="")
            if (target := TARGETS.get(what)) is not None:
                missed += ratio < target
                print(f"{target:>8.2f}  {'held' if ratio >= target else 'not held'}", end="")
            print(flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
