"""Tokens for httpx2, blocking and asynchronous (extra `httpx2`).

tokens = Client("https://id.example", SecretClient("nightly", secret)).tokens()
notes = httpx2.Client(base_url="https://notes.example", auth=TokenAuth(tokens, origin="https://notes.example"))
"""

import re
from collections.abc import AsyncGenerator, Generator
from typing import Final

import httpx2

from tokensmith.client.token_answer import TokenAnswer
from tokensmith.client.token_source import TokenSource
from tokensmith.outbound.target import parse_target

_INVALID_TOKEN: Final = re.compile(r'error="?invalid_token\b')
_NONCE_NEEDED: Final = re.compile(r'error="?use_dpop_nonce\b')


class TokenAuth(httpx2.Auth):
    """Sends a token with every request to one service, and asks once more for one that the service called invalid.

    Args:
        tokens: Where tokens come from.
        origin: The service they are for, such as "https://notes.example". Requests to anywhere else go without: a
            client that is pointed at another host must not hand it the token.

    Raises:
        ValueError: *origin* is no http or https URL.
    """

    def __init__(self, tokens: TokenSource, *, origin: str) -> None:
        self._tokens = tokens
        self._origin = parse_target(origin).origin

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Let one request pass."""
        if not self._is_for(request):
            yield request
            return
        answer = self._tokens.get_sync()
        may_repeat, nonce = _is_repeatable(request), self._tokens.nonce_for(str(request.url))
        response = yield self._with(answer, request)
        if self._has_changed(response, answer, nonce) and may_repeat:
            yield self._with(self._tokens.get_sync(), request)

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Let one request pass."""
        if not self._is_for(request):
            yield request
            return
        answer = await self._tokens.get()
        may_repeat, nonce = _is_repeatable(request), self._tokens.nonce_for(str(request.url))
        response = yield self._with(answer, request)
        if self._has_changed(response, answer, nonce) and may_repeat:
            yield self._with(await self._tokens.get(), request)

    def _is_for(self, request: httpx2.Request) -> bool:
        try:
            return parse_target(str(request.url).partition("#")[0]).origin == self._origin
        except ValueError:
            return False

    def _with(self, answer: TokenAnswer, request: httpx2.Request) -> httpx2.Request:
        request.headers.update(self._tokens.headers_with(answer, request.method, str(request.url)))
        return request

    def _has_changed(self, response: httpx2.Response, answer: TokenAnswer, nonce: str | None) -> bool:
        """Learn from what came back on a request with *nonce*; say whether it would be another request now."""
        told = response.headers.get("dpop-nonce")
        self._tokens.learn_nonce(str(response.request.url), told)
        if response.status_code != 401:
            return False
        challenge = response.headers.get("www-authenticate", "")
        if _NONCE_NEEDED.search(challenge):
            return bool(told) and told != nonce
        return bool(_INVALID_TOKEN.search(challenge)) and self._tokens.forget(answer)


def _is_repeatable(request: httpx2.Request) -> bool:
    # A body that is made while it is sent cannot be sent again.
    return isinstance(request.stream, httpx2.ByteStream)
