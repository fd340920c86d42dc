"""Runs the application in one process, or in several under one parent, over a socket that listens already.

Each worker is started afresh (spawned, not forked) and opens its own database connections; the parent holds none. It
replaces a worker that dies, and passes SIGTERM on: workers stop accepting, finish what runs, and end.
"""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import socket
from typing import Any, Final

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from tokensmith.server.ops.http_protocol import BoundedHttpProtocol
from tokensmith.server.ops.metrics import DIRECTORY_VARIABLE
from tokensmith.server.settings import Settings

KEEP_ALIVE_SECONDS: Final = 20
PARENT_WATCH_SECONDS: Final = 1.0


def run_processes(
    application: Callable[[], ASGIApp], *, settings: Settings, listener: socket, log_configuration: dict[str, Any]
) -> int:
    """Serve until told to stop; returns the exit status.

    Args:
        application: Called once in each process; has to be picklable.
        listener: Bound and listening; each process accepts from it.
        log_configuration: What each process gives to `logging.config.dictConfig`.
    """
    is_alone = settings.workers == 1
    config = Config(
        application if is_alone else _Worker(application=application, parent=os.getpid()),
        factory=True,
        lifespan="on",
        http=BoundedHttpProtocol,
        ws="none",
        workers=settings.workers,
        log_config=log_configuration,
        access_log=False,
        # Forwarded headers are read where a request's source is, and only from trusted proxies.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    return _run_alone(config, listener) if is_alone else _run_workers(config, listener)


def _run_alone(config: Config, listener: socket) -> int:
    server = Server(config)
    # Having stopped in good order, uvicorn raises the signal that stopped it once more, for whoever had a handler
    # before: ours, which makes an ordinary end of it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0


def _run_workers(config: Config, listener: socket) -> int:
    with _shared_metrics():
        supervisor = Multiprocess(config, sockets=[listener])
        supervisor.run()
    failed = any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes)
    return STARTUP_FAILURE if failed else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker:
    """Makes the application in a worker, which ends when its parent is gone: nobody would stop or replace it."""

    application: Callable[[], ASGIApp]
    parent: int

    def __call__(self) -> ASGIApp:
        threading.Thread(target=self._end_with_parent, name="parent-watch", daemon=True).start()
        return self.application()

    def _end_with_parent(self) -> None:
        while os.getppid() == self.parent:
            time.sleep(PARENT_WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _shared_metrics() -> Iterator[None]:
    """Give all workers one directory to count in (see `ops/metrics.py`); one that is set already is left alone."""
    if DIRECTORY_VARIABLE in os.environ:
        yield
        return
    directory = tempfile.mkdtemp(prefix="tokensmith-metrics-")
    os.environ[DIRECTORY_VARIABLE] = directory
    try:
        yield
    finally:
        del os.environ[DIRECTORY_VARIABLE]
        shutil.rmtree(directory, ignore_errors=True)
