"""The one style sheet of the pages, under a name that changes with it, so it is fetched once (RFC 9111 §5.2.2)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.web.cached import cached_response, entity_tag
from tokensmith.server.web.render import STYLESHEET

_MAX_AGE_SECONDS: Final = 365 * 24 * 3600
_TAG: Final = entity_tag(STYLESHEET)


async def stylesheet(request: Request) -> Response:
    """Answer with it."""
    return cached_response(
        request, STYLESHEET, media_type="text/css; charset=utf-8", etag=_TAG, max_age=_MAX_AGE_SECONDS
    )
