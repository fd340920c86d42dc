"""`GET /status/{list}` and the list of lists (Token Status List §8.1, §8.2, §9.3)."""

from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.errors import NotFoundError, OAuthError
from tokensmith.server.domain.status_lists import POLL_SECONDS
from tokensmith.server.flows.publish_status import PublishStatus
from tokensmith.server.web.cached import cached_response, has_tag
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.responses import json_response

STATUS_LIST_TYPE: Final = "application/statuslist+jwt"
_MAX_DIGITS: Final = 12


class HistoryNotOfferedError(OAuthError):
    """Somebody asked how a list stood at another time (Token Status List §8.4)."""

    code = "status_history"
    error = "not_implemented"
    status = 501


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListHandler:
    """The handler of one list. Guards poll it, so "nothing has changed" must be cheap: one indexed read, no signing."""

    publish: PublishStatus
    observer: Observer
    _last_sent: dict[int, str] = field(default_factory=dict, repr=False)

    async def __call__(self, request: Request) -> Response:
        """Answer with the signed list as it stands, or with 304.

        Raises:
            NotFoundError: no such list.
            HistoryNotOfferedError: with the parameter `time`.
            UnavailableError: the database cannot be reached.
        """
        if "time" in request.query_params:
            raise HistoryNotOfferedError("Only the present status is kept.")
        list_id = _list_id(request.path_params["list"])
        etag = (await self.publish.version(list_id)).etag
        if has_tag(request, etag):
            return _answer(request, b"", etag=etag)
        signed = await self.publish.run(list_id)
        if self._last_sent.get(list_id) != signed.etag:
            self._last_sent[list_id] = signed.etag
            self.observer.built_status_list()
        return _answer(request, signed.token.encode(), etag=signed.etag)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListsHandler:
    """The handler of the list of lists."""

    publish: PublishStatus

    async def __call__(self, request: Request) -> Response:  # noqa: ARG002 - every handler is given the request
        """Answer with the URI of every list.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        uris = await self.publish.uris()
        return json_response({"status_lists": uris}, headers={"cache-control": "public, max-age=60"})


def _answer(request: Request, body: bytes, *, etag: str) -> Response:
    return cached_response(request, body, media_type=STATUS_LIST_TYPE, etag=etag, max_age=POLL_SECONDS)


def _list_id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise NotFoundError("No such status list.", detail=repr(text[:100]))
    return int(text)
