"""Requests as an ASGI server hands them over, made by hand."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.types import Message, Scope

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


def make_scope(
    headers: Headers = (), *, method: str = "POST", path: str = "/", peer: str | None = "192.0.2.1", query: str = ""
) -> Scope:
    """A connection scope; header names of any case."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs],
        "client": None if peer is None else (peer, 4711),
        "path_params": {},
    }


def make_request(
    headers: Headers = (),
    *chunks: bytes,
    media_type: str | None = "application/x-www-form-urlencoded",
    hangs_up: bool = False,
) -> Request:
    """A POST whose body arrives in *chunks*; *hangs_up*: the caller leaves after them."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if media_type is not None:
        pairs.append(("content-type", media_type))
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append(
        {"type": "http.disconnect"} if hangs_up else {"type": "http.request", "body": b"", "more_body": False}
    )
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return Request(make_scope(pairs), receive)
