"""How a token tool fails: status 1 where a token is refused, status 2 where we could not even ask.

A script that branches on 1 must not take a missing file for a forged token.
"""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from tokensmith.cli.printable import one_line
from tokensmith.jose.errors import JoseError, KeyMaterialError

REFUSED_STATUS: Final = 1
UNUSABLE_STATUS: Final = 2
# Of a terminal's 80 columns, "Error: " takes the first few.
_LINE: Final = 72


class TokenRefusedError(click.ClickException):
    """The token is not good."""

    exit_code = REFUSED_STATUS


class UnusableError(click.ClickException):
    """A key or an option cannot be used, so nothing can be said about the token."""

    exit_code = UNUSABLE_STATUS


@contextmanager
def told(*, refusal: str = "NOT VERIFIED") -> Iterator[None]:
    """Turn what the library refuses into a message: the text, the code of docs/errors.md, the detail.

    Args:
        refusal: What to say first of a token that is not good.
    """
    try:
        yield
    except KeyMaterialError as error:
        raise UnusableError(_message(error, str(error)) + _advice(error.code)) from None
    except JoseError as error:
        raise TokenRefusedError(_message(error, f"{refusal}. {error}")) from None
    except ValueError as error:
        raise UnusableError(one_line(str(error))) from None


def _message(error: JoseError, text: str) -> str:
    detail = f"\n  detail  {one_line(error.detail)}" if error.detail else ""
    return f"{textwrap.fill(text, _LINE)}\n  code    {error.code}{detail}"


def _advice(code: str) -> str:
    match code:
        case "algorithm_required":
            return "\nOn this command line that is --alg NAME."
        case "symmetric_key":
            return "\nSay --private to hand out the secret itself."
        case "password":
            return "\nAt a terminal it is asked for; elsewhere say --password-file FILE."
        case _:
            return ""
