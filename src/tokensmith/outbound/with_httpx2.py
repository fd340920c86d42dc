"""An asynchronous fetcher on httpx2; choose it where an event loop fetches often (extra `httpx2`).

The client is asked for the address itself, with the Host header and the TLS name set beside it: so the address that was
judged is the one connected to. Each fetch has a client of its own: no cookie and no connection outlives it.
"""

import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping

import anyio
import httpx2

from tokensmith.outbound.addresses import addresses_of, permitted_addresses
from tokensmith.outbound.fetch import FIXED_HEADERS, FetchError, FetchRules, Response, check_head, too_large
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
        target = rules.admit(url)
        try:
            with anyio.fail_after(rules.total_seconds):
                found = await self._resolve(target.host, target.port)
                addresses = permitted_addresses(found, target=target, rules=rules)
                return await self._from_first(addresses, target, rules, headers)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise FetchError("The server took too long.", code="timed_out", detail=f"{url}: {error!r}") from error
        except (OSError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise FetchError(
                "The server could not be reached.", code="unreachable", detail=f"{url}: {error!r}"
            ) from error

    async def _from_first(
        self, addresses: list[str], target: Target, rules: FetchRules, headers: Mapping[str, str]
    ) -> Response:
        for address in addresses[:-1]:
            try:
                return await self._from(address, target, rules, headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._from(addresses[-1], target, rules, headers)

    async def _from(self, address: str, target: Target, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        pinned = Target(scheme=target.scheme, host=address, port=target.port, path=target.path)
        timeout = httpx2.Timeout(rules.total_seconds, connect=rules.connect_seconds)
        async with (
            httpx2.AsyncClient(verify=self._ssl_context, trust_env=False, timeout=timeout) as client,
            client.stream(
                "GET",
                f"{pinned.origin}{pinned.path}",
                headers={**headers, **FIXED_HEADERS, "Host": target.authority},
                extensions={"sni_hostname": target.host},
            ) as answer,
        ):
            received = {name.lower(): value for name, value in answer.headers.items()}
            check_head(answer.status_code, received, rules)
            body = bytearray()
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > rules.max_bytes:
                    raise too_large(rules)
        return Response(status=answer.status_code, headers=received, body=bytes(body))
