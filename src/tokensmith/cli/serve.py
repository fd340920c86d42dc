"""`tokensmith serve`: the address, the database made ready, then the server processes."""

import asyncio
import errno
import functools
import logging
import logging.config
import socket
from pathlib import Path
from typing import Final

import click

from tokensmith import __version__
from tokensmith.cli.operator import load_settings, with_messages
from tokensmith.server.app import create_app
from tokensmith.server.demo import DEFAULT_AUDIENCE, Demo, check_demo_is_local, write_demo_file
from tokensmith.server.ops.log_setup import log_configuration
from tokensmith.server.ops.processes import run_processes
from tokensmith.server.ops.traces import check_traces
from tokensmith.server.preparation import prepare, prepare_with_demo
from tokensmith.server.settings import Settings

CANNOT_LISTEN_STATUS: Final = 3
_BACKLOG: Final = 2048
_LOG: Final = logging.getLogger("tokensmith.server")


class CannotListenError(click.ClickException):
    """The address is taken, or is not this machine's."""

    exit_code = CANNOT_LISTEN_STATUS


@click.command()
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on; 0 takes a free one.  [8000]")
@click.option("--issuer", metavar="URL", help="The server's public URL.  [http://HOST:PORT on loopback]")
@click.option("--database", metavar="URL", help="sqlite:///file.db or postgresql://…  [sqlite:///tokensmith.db]")
@click.option("--cache", metavar="URL", help="valkey://…, shared by several processes.  [none]")
@click.option("--workers", type=int, metavar="N", help="Server processes.  [1]")
@click.option("--log-level", help="debug, info, warning or error.  [info]")
@click.option("--log-format", help="json, console or auto.  [auto]")
@click.option("--settings", "file", type=click.Path(path_type=Path), help="A TOML file (docs/settings.md).")
@click.option("--demo", is_flag=True, help="With people and clients to try it out with; loopback only.")
@click.option("--demo-audience", metavar="URI", default=DEFAULT_AUDIENCE, show_default=True, help="The demo's service.")
@click.option("--demo-file", type=click.Path(path_type=Path), help="Write the demo's passwords to this file, too.")
def serve(file: Path | None, *, demo: bool, demo_audience: str, demo_file: Path | None, **flags: object) -> None:
    """Run the token server until it is told to stop (SIGTERM or Ctrl-C); running requests are finished first."""
    settings = with_messages(lambda: load_settings(file, flags))
    if demo:
        with_messages(lambda: check_demo_is_local(settings))
    with_messages(lambda: check_traces(settings))
    with _listening(settings) as listener:
        # With port 0 the issuer is known only now.
        port = listener.getsockname()[1]
        settings = with_messages(lambda: load_settings(file, {**flags, "port": port}))
        configuration = log_configuration(level=settings.log_level, style=settings.log_format)
        logging.config.dictConfig(configuration)
        with_messages(lambda: _prepare(settings, demo=demo, audience=demo_audience, file=demo_file))
        facts = {"version": __version__, "issuer": settings.issuer, "host": settings.host, "port": port}
        _LOG.info("serving", extra={**facts, "workers": settings.workers})
        status = run_processes(
            functools.partial(create_app, settings, prepared=True),
            settings=settings,
            listener=listener,
            log_configuration=configuration,
        )
    raise SystemExit(status)


def _listening(settings: Settings) -> socket.socket:
    """Take the address now, before anything is written anywhere."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        where = f"{settings.host} port {settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise CannotListenError(f"{where} is taken; choose another with --port.") from None
        raise CannotListenError(f"Cannot listen on {where}: {error.strerror or error}") from None
    listener.set_inheritable(True)
    return listener


def _prepare(settings: Settings, *, demo: bool, audience: str, file: Path | None) -> None:
    if not demo:
        asyncio.run(prepare(settings))
        return
    made = asyncio.run(prepare_with_demo(settings, audience=audience))
    if file is not None:
        write_demo_file(file, made)
    _tell(made)


def _tell(demo: Demo) -> None:
    # For programs on standard output, for people beside it.
    click.echo(demo.to_json(), nl=False)
    lines = [f"Demo at {demo.issuer} for the service {demo.audience}"]
    lines += [f"  {name:<12} password {password}" for name, password in demo.people.items()]
    lines += [f"  {name:<12} secret   {secret}" for name, secret in demo.clients.items()]
    click.echo("\n".join(lines), err=True)
