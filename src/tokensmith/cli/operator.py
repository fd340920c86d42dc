"""What all of an operator's commands share: where the database is, and how an outcome is told."""

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import click

from tokensmith.server.domain.errors import ServerError
from tokensmith.server.parts import Parts, database_of, opened_parts
from tokensmith.server.settings import Settings, SettingsError, load
from tokensmith.server.storage.migrate import check_schema

T = TypeVar("T")

BAD_SETTING_STATUS: Final = 2


class BadSettingError(click.ClickException):
    """A setting cannot be used; the exit status is that of a wrong command line."""

    exit_code = BAD_SETTING_STATUS


def operator_command(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options `--settings` and `--database`, and hand it the settings they lead to.

    What the server refuses comes out as a message and exit status 1, a wrong setting as status 2; neither is a
    traceback.
    """

    @click.option(
        "--settings", "settings_file", type=click.Path(path_type=Path), help="A TOML file (docs/settings.md)."
    )
    @click.option("--database", metavar="URL", help="sqlite:///file.db or postgresql://…")
    @functools.wraps(command)
    def wrapped(settings_file: Path | None, database: str | None, **arguments: object) -> None:
        with_messages(lambda: command(load_settings(settings_file, {"database": database}), **arguments))

    return wrapped


def load_settings(file: Path | None, flags: dict[str, object]) -> Settings:
    """Read the settings from their three sources.

    Raises:
        SettingsError: one cannot be used.
    """
    return load(file=file, environment=os.environ, flags=flags)


def with_messages(run: Callable[[], T]) -> T:
    """Run something; what it refuses becomes a message."""
    try:
        return run()
    except SettingsError as error:
        raise BadSettingError(str(error)) from error
    except ServerError as error:
        detail = f" ({error.detail})" if error.detail else ""
        raise click.ClickException(f"{error}{detail}") from error


def run_with_parts(settings: Settings, work: Callable[[Parts], Awaitable[T]]) -> T:
    """Open the database, which must be up to date, and run *work* over it.

    Raises:
        ServerError: the database cannot be used, or *work* was refused.
    """

    async def opened() -> T:
        async with opened_parts(settings) as parts:
            return await work(parts)

    check_schema(database_of(settings))
    return asyncio.run(opened())


def read_password(*, from_stdin: bool) -> str:
    """Ask for a new password twice, or read the first line of standard input.

    It is never an argument: those are seen by everybody on the machine.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
