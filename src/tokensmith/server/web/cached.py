"""Public documents with an entity tag (RFC 9110 §8.8.3, §13.1.2; RFC 9111)."""

import base64
import hashlib

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.web.request_headers import header_values


def entity_tag(body: bytes) -> str:
    """Return a strong entity tag for *body*, in quotes as the header carries it."""
    return f'"{base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:12]).decode()}"'


def has_tag(request: Request, etag: str) -> bool:
    """Tell whether the caller holds the version *etag* already (`If-None-Match`, compared weakly)."""
    sent = ",".join(header_values(request.scope, b"if-none-match")).split(",")
    return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in sent)


def cached_response(request: Request, body: bytes, *, media_type: str, etag: str, max_age: int) -> Response:
    """Answer with the document, or with 304 where the caller has it.

    Args:
        max_age: Seconds for which anybody may keep it without asking.
    """
    headers = {"etag": etag, "cache-control": f"public, max-age={max_age}"}
    if has_tag(request, etag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type)
