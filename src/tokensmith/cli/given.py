"""What a token tool is given: bytes from standard input or from a file, never from the command line.

Everybody on the machine sees the arguments of a process, and shells keep them. So what looks like a token or a key
there is refused, and no message repeats it.
"""

import sys
from pathlib import Path
from typing import Final

import click

from tokensmith.jose.limits import Limits

STANDARD_INPUT: Final = "-"
# Far above every token and key; whoever pipes a video into us is told so before the memory is full.
MAX_BYTES: Final = 4_194_304
# Base64url makes a third more of it: what we sign or encrypt, we have to be able to read again.
MAX_PAYLOAD_BYTES: Final = 3_000_000
PAYLOAD_LIMITS: Final = Limits(max_token_bytes=MAX_BYTES)
"""For tokens whose payload may be a document: the library's own ceiling is that of an HTTP header."""
_SECRET_BEGINNINGS: Final = ("eyJ", "Bearer", "bearer", "{", "-----BEGIN")
_NEVER_AN_ARGUMENT: Final = (
    "A token or a key is never an argument: everybody on this machine could see it.\n"
    "Pipe it in, or name the file it is in."
)


def file_or_dash(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """Accept the name of a file; raises `UsageError` for what is no name but the secret itself."""
    if value is not None and value.startswith(_SECRET_BEGINNINGS):
        raise click.UsageError(_NEVER_AN_ARGUMENT, context)
    return value


def _only_file(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> str:
    for value in values:
        file_or_dash(context, parameter, value)
    # Click's own complaint about a second argument would repeat it.
    if len(values) > 1:
        raise click.UsageError("There is one FILE at most.", context)
    return values[0] if values else STANDARD_INPUT


# Every token tool reads one thing: from FILE, from standard input without one.
file_argument = click.argument(
    "file", nargs=-1, metavar="[FILE]", type=click.Path(allow_dash=True), callback=_only_file
)

# The caller names the form, the token does not: a text that is both would be read in two ways.
json_option = click.option("--json", "is_json", is_flag=True, help="The token is JSON, not one line of text.")


def read_bytes(file: str, *, what: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file, or standard input for "-".

    Args:
        file: Its name.
        what: What a person at the terminal is asked for, such as "a token".
        max_bytes: The most to read.

    Raises:
        UsageError: It cannot be read, or is larger.
    """
    if file == STANDARD_INPUT:
        if sys.stdin.isatty():
            click.echo(f"Waiting for {what} on standard input; Ctrl-D ends it.", err=True)
        data = sys.stdin.buffer.read(max_bytes + 1)
    else:
        try:
            with Path(file).open("rb") as opened:
                data = opened.read(max_bytes + 1)
        except OSError as error:
            # Not its name: it may be a secret that was put where a name belongs.
            raise click.UsageError(f"Cannot read {what} from the file named: {error.strerror}.") from None
    if len(data) > max_bytes:
        raise click.UsageError(f"There are more than {max_bytes} bytes of {what}.")
    return data


def read_token(file: str) -> str:
    """Read a token, without the white space around it and the "Bearer" of an Authorization header before it.

    Raises:
        UsageError: It cannot be read, or there is nothing.
    """
    text = read_bytes(file, what="a token").decode("utf-8", "replace").strip()
    first, _, rest = text.partition(":")
    if first.lower() == "authorization":
        text = rest.strip()
    scheme, _, rest = text.partition(" ")
    if scheme.lower() in ("bearer", "dpop"):
        text = rest.strip()
    if not text:
        raise click.UsageError("There is no token.")
    return text


def first_line(data: bytes) -> bytes:
    """Take the first line of a file that holds a password or a secret, as editors end it."""
    return data.partition(b"\n")[0].removesuffix(b"\r")
