"""uvicorn's HTTP protocol with an end to the head of a request: in bytes and in time.

Without one, a caller who sends a header line every minute, or one that never ends, holds a connection and its memory
for as long as it likes, at no cost (CWE-400, "slowloris"). Bodies have their own bounds, see `web/request_body.py`;
between two requests uvicorn's keep-alive timer runs.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tokensmith.server.web.ending import ENDING, Ending

HEAD_SECONDS: Final = 10.0
# Counted by what arrives at once, so what comes before the head and the body behind it count a little, too. An access
# token has 16 KiB at most.
MAX_HEAD_BYTES: Final = 128 * 1024

_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection."""

    head_seconds = HEAD_SECONDS

    _head_bytes = 0
    _is_reading_head = True
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, but not for ever."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head has not become too long."""
        if self._is_reading_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)
        # uvicorn stops its keep-alive timer at the first byte, whatever the byte is.
        is_idle = self._is_reading_head or self.cycle.response_complete
        if is_idle and self.timeout_keep_alive_task is None:
            self._start_timer()

    def on_message_begin(self) -> None:
        """Begin to count the head of the next request."""
        self._is_reading_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting: the head is there."""
        self._is_reading_head = False
        self._stop_timer()
        super().on_headers_complete()

    def shutdown(self) -> None:
        """Finish what runs; an answer that has no end of its own is told to find one."""
        ending = self.app_state.get(ENDING)
        if isinstance(ending, Ending):
            ending.begin()
        super().shutdown()

    def _start_timer(self) -> None:
        if self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
