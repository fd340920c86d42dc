"""One HTTP request and its answer, sent for real and kept to be shown (RFC 9110).

No proxy, no redirect, no cookie, no connection kept: what is printed is what went over the wire, less what the client
library adds (Host, Accept-Encoding, Content-Length).
"""

import base64
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote_plus, urlencode, urlsplit

TIMEOUT_SECONDS: Final = 10.0
_PARAMETER: Final = re.compile(r'([a-z_]+)="([^"]*)"')


class NoAnswerError(Exception):
    """Nobody answered, or not in HTTP; the text says whom we asked and what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent; the body is text because every body of the tour is."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and what came back; header names are in lower case."""

    request: Request
    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    milliseconds: float = 0

    @property
    def members(self) -> Mapping[str, object]:
        """The body's JSON object; empty where the body is something else."""
        try:
            value: object = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def challenge(self) -> Mapping[str, str] | None:
        """The parameters of a Bearer challenge, empty for a bare one; None where there is none (RFC 6750 §3)."""
        scheme, _, rest = self.headers.get("www-authenticate", "").partition(" ")
        return dict(_PARAMETER.findall(rest)) if scheme.lower() == "bearer" else None


def get(url: str, *, token: str | None = None) -> Request:
    """Ask for something, with an access token if there is one."""
    return Request(method="GET", url=url, headers=_authorization(token))


def post_json(url: str, members: Mapping[str, object], *, token: str | None = None) -> Request:
    """Send a JSON object."""
    headers = (*_authorization(token), ("Content-Type", "application/json"))
    return Request(method="POST", url=url, headers=headers, body=json.dumps(members, ensure_ascii=False))


def post_form(url: str, parameters: Mapping[str, str], *, client: tuple[str, str] | None = None) -> Request:
    """Send a form, as OAuth endpoints take it; *client* is an id and a secret for HTTP Basic (RFC 6749 §2.3.1)."""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/x-www-form-urlencoded"),)
    if client is not None:
        # RFC 6749 §2.3.1 form-encodes both halves first: a secret may contain a colon.
        pair = ":".join(quote_plus(half) for half in client)
        headers = (("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"), *headers)
    return Request(method="POST", url=url, headers=headers, body=urlencode(parameters))


def _authorization(token: str | None) -> tuple[tuple[str, str], ...]:
    return () if token is None else (("Authorization", f"Bearer {token}"),)


def send(request: Request) -> Exchange:
    """Send a request on a connection of its own and read the whole answer.

    Raises:
        NoAnswerError: no connection, a time-out, or an answer that is not HTTP.
        ValueError: the URL is neither http nor https.
    """
    parts = urlsplit(request.url)
    kinds = {"http": HTTPConnection, "https": HTTPSConnection}
    if parts.scheme not in kinds or not parts.hostname:
        raise ValueError(f"{request.url!r} is not an http or https URL")
    connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {**dict(request.headers), "Connection": "close"}
    body = request.body.encode() or None
    started = time.perf_counter()
    try:
        connection.request(request.method, target, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        raise NoAnswerError(f"no answer from {parts.netloc}: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()
    return Exchange(
        request=request,
        status=answer.status,
        reason=answer.reason,
        headers={name.lower(): value for name, value in answer.getheaders()},
        body=text,
        milliseconds=(time.perf_counter() - started) * 1000,
    )
