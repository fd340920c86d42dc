"""What comes from a person's browser, and the little that it is shown."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qsl

from tokensmith.guard import RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.bff.refusals import BffError

_MAX_QUERY: Final = 8192
_PAGE_HEADERS: Final = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)


def query_of(facts: RequestFacts) -> Mapping[str, str]:
    """Read a query whose names come once each.

    Raises:
        BffError: It is too long, or a name comes twice ("malformed_query").
    """
    text = facts.url.partition("?")[2]
    pairs = parse_qsl(text[: _MAX_QUERY + 1], keep_blank_values=True)
    if len(text) > _MAX_QUERY or len(dict(pairs)) < len(pairs):
        raise BffError(400, code="malformed_query")
    return dict(pairs)


def local_path(text: str) -> str:
    """Return a path of our own, "/" for anything else (no open redirect).

    "//evil.test" is another host, and so is what
    begins with a slash and a backslash.
    """
    is_local = text.startswith("/") and text[1:2] not in ("/", "\\") and all(" " < each <= "~" for each in text)
    return text if is_local else "/"


def page(status: int, text: str, link: str, *headers: tuple[str, str], refresh: bool = False) -> Answer:
    """Make a page of one sentence and a link.

    Args:
        refresh: Whether the browser goes on by itself.
    """
    target = escape(link, quote=True)
    meta = f'<meta http-equiv="refresh" content="0;url={target}">' if refresh else ""
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{text}</title>{meta}</head>'
        f'<body><p>{text}</p><p><a href="{target}">Go on</a></p></body></html>'
    )
    return Answer(status=status, headers=(*_PAGE_HEADERS, *headers), body=body.encode())
