"""What the tour can be told on its command line, and where that leads it."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tokensmith.tour.demo_data import DEMO_FILE, SHORT_CLIENT, Demo, DemoError
from tokensmith.tour.visit import Place

PASSWORD_VARIABLE: Final = "TOKENSMITH_TOUR_PASSWORD"
SECRET_VARIABLE: Final = "TOKENSMITH_TOUR_CLIENT_SECRET"
DEMO_USER: Final = "ada"
# What `serve --demo` gives its clients, and what others have unless they say otherwise; seconds.
DEMO_REUSE_WINDOW: Final = 1.0
DEFAULT_REUSE_WINDOW: Final = 10.0


class Options(argparse.Namespace):
    """The parsed command line."""

    start: bool
    once: bool
    port: int
    database: str | None
    base: str | None
    notes: str | None
    audience: str | None
    user: str | None
    password: str | None
    client: str | None
    reuse_window: float | None
    demo_file: Path


def parse(arguments: list[str] | None) -> Options:
    """Read the command line; like every argparse program it ends here for --help and for what it does not know."""
    parser = argparse.ArgumentParser(
        prog="tokensmith tour",
        description="Walk through the main job step by step, against live services. Exit status 0: every step held.",
        epilog=f"{PASSWORD_VARIABLE} and {SECRET_VARIABLE} keep secrets out of the list of processes.",
    )
    own = parser.add_argument_group("services of its own")
    own.add_argument("--start", action="store_true", help="start a token server and a notes service, and stay up")
    own.add_argument("--once", action="store_true", help="end after the tour")
    own.add_argument("--port", type=_port, default=8000, help="for the token server, if free (default: 8000)")
    own.add_argument("--database", metavar="URL", help="for the token server (default: a new SQLite file)")
    other = parser.add_argument_group("services that run already")
    other.add_argument("--base", metavar="URL", help="the token server (default: the demo that runs here)")
    other.add_argument("--notes", metavar="URL", help="the notes service")
    other.add_argument("--audience", metavar="URI", help="its name at the token server (default: its URL)")
    other.add_argument("--user", metavar="NAME", help="a person with notes:read and not notes:write")
    other.add_argument("--password", help=f"better: {PASSWORD_VARIABLE}")
    other.add_argument("--client", metavar="ID", help=f"whose tokens live for seconds; its secret: {SECRET_VARIABLE}")
    other.add_argument("--reuse-window", metavar="SECONDS", type=float, help="of the client first-party (default: 10)")
    other.add_argument("--demo-file", metavar="PATH", type=Path, default=DEMO_FILE, help=f"default: {DEMO_FILE}")
    return parser.parse_args(arguments, namespace=Options())


def place_of_demo(demo: Demo, *, notes: str) -> Place:
    """Lead through a demo, as the one of its people who may read and not write."""
    return Place(
        issuer=demo.issuer,
        notes=notes,
        audience=demo.audience,
        user=DEMO_USER,
        password=demo.people[DEMO_USER],
        short_client=(SHORT_CLIENT, demo.clients[SHORT_CLIENT]),
        reuse_window=DEMO_REUSE_WINDOW,
    )


def place_of_options(options: Options, environment: Mapping[str, str]) -> Place:
    """Lead to the server that --base names.

    Raises:
        DemoError: the command line leaves open where the service is, or who visits it.
    """
    password = environment.get(PASSWORD_VARIABLE) or options.password
    if options.base is None or options.notes is None or options.user is None or not password:
        raise DemoError(f"--base needs --notes, --user, and a password (--password or {PASSWORD_VARIABLE})")
    base, notes = (_checked_url(url) for url in (options.base, options.notes))
    secret = environment.get(SECRET_VARIABLE)
    return Place(
        issuer=base,
        notes=notes,
        audience=options.audience or notes,
        user=options.user,
        password=password,
        short_client=(options.client, secret) if options.client and secret else None,
        reuse_window=DEFAULT_REUSE_WINDOW if options.reuse_window is None else options.reuse_window,
    )


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise DemoError(f"{url!r} is not an http or https URL")
    return url.rstrip("/")


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError("a port is 1 to 65535")
    return port
