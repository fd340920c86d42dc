"""What a token tool hands out: to standard output, or to a new file that only its owner reads.

A file is never overwritten: a key that is gone cannot be made again.
"""

import os
import sys
from typing import Final

import click

from tokensmith.cli.refusals import UnusableError

_OWNER_ALONE: Final = 0o600

output_option = click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(),
    help="Write to a new file, readable by you alone; a file that is there is left as it is.",
)


def hand_out(data: str | bytes, *, output: str | None) -> None:
    """Write the result of a command.

    Args:
        data: Text gets a line end where it has none; bytes are written as they are.
        output: The file; standard output without one.

    Raises:
        UnusableError: The file exists or cannot be made, or bytes that are no text would go to a terminal.
    """
    if isinstance(data, str):
        data = data.rstrip("\n").encode() + b"\n"
    elif output is None and sys.stdout.isatty() and not _is_text(data):
        raise UnusableError("The result is no text; send it to a file (--output FILE, or >).")
    if output is None:
        click.echo(data, nl=False)
        return
    try:
        # O_EXCL: neither an older file nor a link that somebody else put there is written to.
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    except FileExistsError:
        raise UnusableError(f"{output} exists already and stays as it is.") from None
    except OSError as error:
        raise UnusableError(f"Cannot make {output}: {error.strerror}.") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
    click.echo(f"Wrote {output}.", err=True)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\n\t" for character in text)
