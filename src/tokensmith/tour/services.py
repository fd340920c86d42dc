"""A token server and a notes service of our own, for as long as a context lasts."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tokensmith.server.storage.sealing import Sealing
from tokensmith.tour.children import Child, answers
from tokensmith.tour.demo_data import Demo, DemoError, read_demo
from tokensmith.tour.folder import SEALING_KEY, take_folder
from tokensmith.tour.ports import HOST, free_port

Say = Callable[[str], None]
PREFIX: Final = "TOKENSMITH_"
# What the notes service answers to anybody.
SIGN_OF_LIFE: Final = "/openapi.json"
SEALING_VARIABLES: Final = frozenset({"TOKENSMITH_SEALING_KEY", "TOKENSMITH_SEALING_KEY_FILE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Two services that run, what the server told of its demo, and where logs and database are."""

    demo: Demo
    notes: str
    folder: Path
    children: tuple[Child, ...]

    def check(self) -> None:
        """Raise `ChildError` if one of them has ended."""
        for child in self.children:
            child.check()


@contextmanager
def running(*, port: int, database: str | None, say: Say) -> Iterator[Running]:
    """Start both, wait until they answer, and end them on leaving.

    Args:
        port: Where the server is to listen, the service on the next; taken ones are passed over.
        database: The server's database; by default a new SQLite file.
        say: Tells the person in front of the terminal how far we are.

    Raises:
        ChildError: one does not start; the text holds the end of its log.
        NoFreePortError, NoFolderError: there is no room for them.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(take_folder())
        server_port = choose_port(port, "token server", say)
        notes_port = choose_port(server_port + 1, "notes service", say)
        issuer, notes = f"http://{HOST}:{server_port}", f"http://{HOST}:{notes_port}"
        server = Child(
            "The token server",
            *_serve(port=server_port, audience=notes, folder=folder, database=database),
            log=folder / "server.log",
            environment=server_environment(folder, database),
        )
        service = _notes_child(notes_port, issuer=issuer, audience=notes, folder=folder)
        _start(server, f"{issuer}/readyz", stack, say)
        _start(service, notes + SIGN_OF_LIFE, stack, say)
        demo = read_demo(folder / "demo.json")
        yield Running(demo=demo, notes=notes, folder=folder, children=(server, service))


@contextmanager
def notes_of(demo: Demo, *, folder: Path, say: Say) -> Iterator[str]:
    """Give the URL of the service of a demo that runs; where nobody answers there, start one and end it on leaving.

    Raises:
        ChildError: it does not start.
        DemoError: it would have to be started on another machine.
    """
    with ExitStack() as stack:
        if not answers(demo.audience + SIGN_OF_LIFE):
            place = urlsplit(demo.audience)
            if place.hostname != HOST or place.port is None:
                raise DemoError(f"nobody answers at {demo.audience}; name the notes service with --notes")
            service = _notes_child(place.port, issuer=demo.issuer, audience=demo.audience, folder=folder)
            _start(service, demo.audience + SIGN_OF_LIFE, stack, say)
        yield demo.audience


def choose_port(preferred: int, name: str, say: Say) -> int:
    """Return a free port, and say so where it is not the one people expect."""
    port = free_port(preferred)
    if port != preferred:
        say(f"Port {preferred} is taken; the {name} gets {port}.")
    return port


def _serve(*, port: int, audience: str, folder: Path, database: str | None) -> tuple[str, ...]:
    return (
        *("tokensmith", "serve", "--demo", "--host", HOST, "--port", str(port)),
        *("--database", database or f"sqlite:///{folder / 'tokensmith.db'}"),
        *("--demo-audience", audience, "--demo-file", str(folder / "demo.json")),
    )


def server_environment(folder: Path, database: str | None) -> Mapping[str, str]:
    """Leave out the settings of another server, which this shell may have; a key given for a database stays."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    if database is None or database.startswith("sqlite"):
        return ours
    given = {name: os.environ[name] for name in SEALING_VARIABLES if name in os.environ}
    return ours | (given or {"TOKENSMITH_SEALING_KEY_FILE": str(_sealing_key(folder))})


def _sealing_key(folder: Path) -> Path:
    path = folder / SEALING_KEY
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(Sealing.generate().secret_text())
    return path


def _notes_child(port: int, *, issuer: str, audience: str, folder: Path) -> Child:
    arguments = ("--port", str(port), "--issuer", issuer, "--audience", audience)
    log = folder / "notes.log"
    return Child("The notes service", "tokensmith.tour.notes", *arguments, log=log, environment=os.environ)


def _start(child: Child, url: str, stack: ExitStack, say: Say) -> None:
    started = time.monotonic()
    stack.callback(child.stop)
    child.start()
    child.wait_until_ready(url)
    say(f"{child.name} is ready after {time.monotonic() - started:.1f} s.")
