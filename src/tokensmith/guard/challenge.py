"""From a refusal to the HTTP answer: status, WWW-Authenticate and body (RFC 6750 §3, RFC 9110 §11.6.1).

Adapters copy the answer and add nothing. The body repeats what the header says, for people who look there first.
"""

from dataclasses import dataclass
from typing import Final

from tokensmith.guard.errors import GuardError, InsufficientScopeError, UnavailableError
from tokensmith.jose import strict_json

# RFC 6750 §3: error_description has no double quote and no backslash, so escaping would not help.
_UNQUOTED: Final = {ord('"'): "'", ord("\\"): "/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished HTTP answer; header names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer_to(error: GuardError, *, realm: str | None = None) -> Answer:
    """Say how to answer a request that was not let in."""
    if isinstance(error, UnavailableError):
        own_header = ("retry-after", str(error.retry_after))
    else:
        own_header = ("www-authenticate", challenge(error, realm=realm))
    return Answer(
        status=error.status,
        headers=(("content-type", "application/json"), ("cache-control", "no-store"), own_header),
        body=strict_json.encode({"error": error.error or "unauthorized", "error_description": _description(error)}),
    )


def challenge(error: GuardError, *, realm: str | None = None) -> str:
    """Write the WWW-Authenticate value for *error*.

    Without credentials there is nothing to explain: RFC 6750 §3.1 wants a bare challenge then.
    """
    parameters = [] if realm is None else [("realm", quote(realm))]
    if error.error is not None:
        parameters += [("error", error.error), ("error_description", _description(error))]
    if isinstance(error, InsufficientScopeError):
        parameters.append(("scope", " ".join(sorted(error.scopes))))
    return " ".join(["Bearer", ", ".join(f'{name}="{value}"' for name, value in parameters)]).rstrip()


def quote(text: str) -> str:
    """Escape *text* for the inside of a quoted-string (RFC 9110 §5.6.4).

    Raises:
        ValueError: It has characters outside printable ASCII: a line feed here would be a header of its own.
    """
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a realm is printable ASCII")
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _description(error: GuardError) -> str:
    text = str(error).translate(_UNQUOTED)
    return "".join(character if " " <= character <= "~" else "?" for character in text)
