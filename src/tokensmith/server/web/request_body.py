"""Reading a request's body: one media type, bounded in bytes and in time.

Frameworks read what comes, for as long as it comes; a token endpoint is open to everybody, so here both have an end.
"""

import asyncio
from typing import Final

from starlette.requests import Request

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.web.request_headers import header_values, single_header

MAX_BODY_BYTES: Final = 64 * 1024
BODY_SECONDS: Final = 10.0
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


class ClientGoneError(Exception):
    """The caller hung up before the request was complete: there is nobody to answer."""


async def read_body(request: Request, *, media_type: str, seconds: float = BODY_SECONDS) -> bytes:
    """Return the body, if it is of the one media type this endpoint takes.

    Args:
        media_type: In lower case; the only parameter let through is `charset=utf-8`, which says what holds anyway.
        seconds: How long the whole body may take.

    Raises:
        InvalidRequestError: another media type (`content_type`), compressed (`content_encoding`), longer than
            `MAX_BODY_BYTES` (`body_too_large`), or too slow (`body_too_slow`).
        ClientGoneError: the caller hung up.
    """
    _check_media_type(request, media_type)
    # Whoever may send compressed bodies may send a few bytes that unpack to gigabytes.
    if header_values(request.scope, b"content-encoding"):
        raise InvalidRequestError("The body must not be compressed.", code="content_encoding")
    length = single_header(request.scope, b"content-length")
    if length is not None and length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES:
        raise _too_large(length)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request)
    except TimeoutError:
        raise InvalidRequestError("The body took too long.", code="body_too_slow") from None


def _check_media_type(request: Request, wanted: str) -> None:
    sent = single_header(request.scope, b"content-type") or ""
    name, _, parameter = sent.partition(";")
    charset = parameter.strip().lower().replace('"', "")
    if name.strip().lower() != wanted or charset not in {"", "charset=utf-8"}:
        raise InvalidRequestError(f"The content type must be {wanted}.", code="content_type", detail=repr(sent[:100]))


async def _collect(request: Request) -> bytes:
    chunks: list[bytes] = []
    room = MAX_BODY_BYTES
    while True:
        message = await request.receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        room -= len(chunk)
        if room < 0:
            raise _too_large("chunked")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(length: str) -> InvalidRequestError:
    return InvalidRequestError("The body is too large.", code="body_too_large", detail=length)
