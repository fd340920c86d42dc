"""An asynchronous fetcher on httpx2; choose it where an event loop fetches often (extra `httpx2`).

The client is asked for the address itself, with the Host header and the TLS name set beside it: so the address that was
judged is the one connected to. Each fetch has a client of its own: no cookie and no connection outlives it.
"""

import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import anyio
import httpx2

from tokensmith.outbound.addresses import addresses_of, permitted_addresses
from tokensmith.outbound.fetch import FIXED_HEADERS, FetchError, FetchRules, Response, check_head, too_large
from tokensmith.outbound.listen import MAX_LINE_BYTES, MEDIA_TYPE, check_feed, line_too_long
from tokensmith.outbound.post import MEDIA_TYPE as FORM_TYPE
from tokensmith.outbound.post import Form, body_of
from tokensmith.outbound.target import Target

ResolveAsync = Callable[[str, int], Awaitable[list[str]]]


async def resolve_async(host: str, port: int) -> list[str]:
    """Ask the system's resolver for the addresses of *host*, best first; raises `OSError`."""
    return addresses_of(await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class Httpx2Fetcher:
    """Fetch with httpx2.

    Args:
        ssl_context: Whom to trust; by default the system's authorities.
        resolve: From host and port to addresses; by default the system's resolver.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, resolve: ResolveAsync = resolve_async) -> None:
        self._ssl_context = ssl.create_default_context() if ssl_context is None else ssl_context
        self._resolve = resolve

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url* under *rules*, or raise `FetchError`."""
        return await self._exchange(url, rules, headers, None)

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url* under *rules*, or raise `FetchError`."""
        return await self._exchange(url, rules, {**headers, "Content-Type": FORM_TYPE}, body_of(form))

    async def _exchange(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: bytes | None) -> Response:
        target = rules.admit(url)
        with _refusals(url):
            with anyio.fail_after(rules.total_seconds):
                addresses = await self._addresses(target, rules)
                async with self._answer(addresses, target, rules, headers, form) as answer:
                    return await _read(answer, rules)

    async def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """GET *url* and return line after line until it is over, or raise `FetchError`."""
        target = rules.admit(url)
        with _refusals(url):
            async with AsyncExitStack() as stack:
                with anyio.fail_after(rules.total_seconds):
                    addresses = await self._addresses(target, rules)
                    asked = self._answer(addresses, target, rules, {**headers, "Accept": MEDIA_TYPE}, None)
                    answer = await stack.enter_async_context(asked)
                check_feed(answer.status_code, _headers_of(answer), rules)
                async for line in _lines(answer, rules):
                    yield line

    async def _addresses(self, target: Target, rules: FetchRules) -> list[str]:
        found = await self._resolve(target.host, target.port)
        return permitted_addresses(found, target=target, rules=rules)

    @asynccontextmanager
    async def _answer(
        self,
        addresses: list[str],
        target: Target,
        rules: FetchRules,
        headers: Mapping[str, str],
        form: bytes | None,
    ) -> AsyncIterator[httpx2.Response]:
        """Ask at the first address that can be connected to; yield the answer, whose body is not read yet."""
        timeout = httpx2.Timeout(rules.total_seconds, connect=rules.connect_seconds)
        async with httpx2.AsyncClient(verify=self._ssl_context, trust_env=False, timeout=timeout) as client:
            answer = await _from_first(client, addresses, target, headers, form)
            try:
                yield answer
            finally:
                await answer.aclose()


async def _from_first(
    client: httpx2.AsyncClient, addresses: list[str], target: Target, headers: Mapping[str, str], form: bytes | None
) -> httpx2.Response:
    for address in addresses[:-1]:
        try:
            return await _from(client, address, target, headers, form)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            continue
    return await _from(client, addresses[-1], target, headers, form)


async def _from(
    client: httpx2.AsyncClient, address: str, target: Target, headers: Mapping[str, str], form: bytes | None
) -> httpx2.Response:
    pinned = Target(scheme=target.scheme, host=address, port=target.port, path=target.path)
    request = client.build_request(
        "GET" if form is None else "POST",
        f"{pinned.origin}{pinned.path}",
        content=form,
        headers={**headers, **FIXED_HEADERS, "Host": target.authority},
        extensions={"sni_hostname": target.host},
    )
    return await client.send(request, stream=True)


async def _read(answer: httpx2.Response, rules: FetchRules) -> Response:
    received = _headers_of(answer)
    check_head(answer.status_code, received, rules)
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > rules.max_bytes:
            raise too_large(rules)
    return Response(status=answer.status_code, headers=received, body=bytes(body))


async def _lines(answer: httpx2.Response, rules: FetchRules) -> AsyncIterator[bytes]:
    chunks = answer.aiter_raw()
    rest = b""
    while True:
        with anyio.fail_after(rules.total_seconds):
            while b"\n" not in rest:
                if len(rest) > MAX_LINE_BYTES:
                    raise line_too_long()
                chunk = await anext(chunks, None)
                if chunk is None:
                    return
                rest += chunk
        line, _, rest = rest.partition(b"\n")
        if len(line) >= MAX_LINE_BYTES:
            raise line_too_long()
        yield line.rstrip(b"\r")


def _headers_of(answer: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


@contextmanager
def _refusals(url: str) -> Iterator[None]:
    """Turn whatever goes wrong into a `FetchError`."""
    try:
        yield
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise FetchError("The server took too long.", code="timed_out", detail=f"{url}: {error!r}") from error
    except (OSError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise FetchError("The server could not be reached.", code="unreachable", detail=f"{url}: {error!r}") from error
