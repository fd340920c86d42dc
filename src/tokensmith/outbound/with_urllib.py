"""A blocking fetcher from Python's own parts, and the same in a thread for event loops.

The address that was judged is the address that is connected to, while TLS and the Host header keep the name. `urlopen`
is not used: it follows redirects, reads proxies from the environment and opens file: URLs. Its time-out, like every
socket time-out, starts anew with every byte, so a server that drips would hold us for ever; here one deadline rules.
"""

import asyncio
import contextlib
import http.client
import io
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial

from tokensmith.outbound.addresses import Resolve, permitted_addresses, resolve_blocking
from tokensmith.outbound.fetch import FIXED_HEADERS, Fetcher, FetchError, FetchRules, Response, check_head, too_large
from tokensmith.outbound.listen import (
    MAX_LINE_BYTES,
    MEDIA_TYPE,
    Listener,
    cannot_listen,
    check_feed,
    line_too_long,
)
from tokensmith.outbound.listen_in_thread import listen_in_thread
from tokensmith.outbound.post import MEDIA_TYPE as FORM_TYPE
from tokensmith.outbound.post import Form, Poster, body_of, cannot_post
from tokensmith.outbound.target import Target


class BlockingFetcher:
    """Fetch with `http.client`.

    Args:
        ssl_context: Whom to trust; by default the system's authorities.
        resolve: From host and port to addresses; by default the system's resolver, whose own time-out applies.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, resolve: Resolve = resolve_blocking) -> None:
        self._ssl_context = ssl.create_default_context() if ssl_context is None else ssl_context
        self._resolve = resolve

    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url* under *rules*, or raise `FetchError`."""
        return self._exchange(url, rules, headers, None)

    def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url* under *rules*, or raise `FetchError`."""
        return self._exchange(url, rules, {**headers, "Content-Type": FORM_TYPE}, body_of(form))

    def _exchange(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: bytes | None) -> Response:
        with self._answer(url, rules, headers, form, deadline=_Deadline(rules)) as (answer, received):
            check_head(answer.status, received, rules)
            body = answer.read(rules.max_bytes + 1)
            if len(body) > rules.max_bytes:
                raise too_large(rules)
            if answer.length:
                raise FetchError("The answer ended early.", code="truncated")
            return Response(status=answer.status, headers=received, body=body)

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Iterator[bytes]:
        """GET *url* and return line after line until it is over, or raise `FetchError`."""
        deadline = _Deadline(rules)
        asked = self._answer(url, rules, {**headers, "Accept": MEDIA_TYPE}, None, deadline=deadline)
        with asked as (answer, received):
            check_feed(answer.status, received, rules)
            while line := answer.readline(MAX_LINE_BYTES + 1):
                if len(line) > MAX_LINE_BYTES:
                    raise line_too_long()
                yield line.rstrip(b"\r\n")
                deadline.renew()

    @contextlib.contextmanager
    def _answer(
        self,
        url: str,
        rules: FetchRules,
        headers: Mapping[str, str],
        form: bytes | None,
        *,
        deadline: "_Deadline",
    ) -> Iterator[tuple[http.client.HTTPResponse, dict[str, str]]]:
        """Ask, and yield the answer and its headers; whatever goes wrong until the end becomes a `FetchError`."""
        target = rules.admit(url)
        try:
            found = self._resolve(target.host, target.port)
            addresses = permitted_addresses(found, target=target, rules=rules)
            deadline.renew()
            with contextlib.closing(self._connect(addresses, target, rules, deadline)) as connected:
                yield _ask(_DeadlineSocket(connected, deadline), target, headers, form)
        except TimeoutError as error:
            raise FetchError("The server took too long.", code="timed_out", detail=f"{url}: {error}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            detail = f"{url}: {type(error).__name__}: {error}"
            raise FetchError("The server could not be reached.", code="unreachable", detail=detail) from error

    def _connect(self, addresses: list[str], target: Target, rules: FetchRules, deadline: "_Deadline") -> socket.socket:
        connected = _connect_first(addresses, target.port, rules, deadline)
        if target.scheme == "http":
            return connected
        try:
            connected.settimeout(deadline.remaining())
            return self._ssl_context.wrap_socket(connected, server_hostname=target.host)
        except BaseException:
            connected.close()
            raise


class ThreadedFetcher:
    """Offer a blocking fetcher to an event loop, one thread per fetch under way."""

    def __init__(self, blocking: Fetcher) -> None:
        self._blocking = blocking

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url* under *rules*, or raise `FetchError`."""
        work = partial(self._blocking.fetch, url, rules, headers)
        return await asyncio.get_running_loop().run_in_executor(None, work)

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url* under *rules*, or raise `FetchError`."""
        if not isinstance(self._blocking, Poster):
            raise cannot_post(self._blocking)
        work = partial(self._blocking.post, url, rules, headers, form)
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """GET *url* and return line after line until it is over, or raise `FetchError`."""
        if not isinstance(self._blocking, Listener):
            raise cannot_listen(self._blocking)
        return listen_in_thread(self._blocking, url, rules, headers)


class _Deadline:
    """When whatever is under way has to be over."""

    def __init__(self, rules: FetchRules) -> None:
        self._seconds = rules.total_seconds
        self.renew()

    def renew(self) -> None:
        """Give the whole time anew."""
        self._at = time.monotonic() + self._seconds

    def remaining(self) -> float:
        """Return the seconds that are left, or raise `TimeoutError`."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the whole fetch is over")
        return left


class _DeadlineSocket:
    """What http.client needs of a socket, with every wait cut to what is left of the whole."""

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        self._connected = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._connected.settimeout(self._deadline.remaining())
        self._connected.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._connected, self._deadline))

    def close(self) -> None:
        """Do nothing: whoever opened the socket closes it."""


class _DeadlineReader(io.RawIOBase):
    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        super().__init__()
        self._connected = connected
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed has a wider, private buffer type
        self._connected.settimeout(self._deadline.remaining())
        return self._connected.recv_into(buffer)


def _connect_first(addresses: list[str], port: int, rules: FetchRules, deadline: _Deadline) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), min(rules.connect_seconds, deadline.remaining()))
        except OSError as error:
            failure = error
    raise failure


def _ask(
    connected: _DeadlineSocket, target: Target, headers: Mapping[str, str], form: bytes | None
) -> tuple[http.client.HTTPResponse, dict[str, str]]:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = connected
    sent = {**headers, **FIXED_HEADERS, "Host": target.authority}
    connection.request("GET" if form is None else "POST", target.path, body=form, headers=sent)
    answer = connection.getresponse()
    received: dict[str, str] = {}
    for name, value in answer.getheaders():
        received[name.lower()] = f"{received[name.lower()]}, {value}" if name.lower() in received else value
    return answer, received
