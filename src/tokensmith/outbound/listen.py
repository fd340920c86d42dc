"""What listening is: a document that goes on, read line by line for as long as the other side speaks (HTML §9.2).

The limits are those of a fetch, with one more meaning: `FetchRules.total_seconds` is the time to the first line, and
then the longest silence between one line and the next.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final, Protocol, runtime_checkable

from tokensmith.outbound.fetch import FetchError, FetchRules, check_head

MEDIA_TYPE: Final = "text/event-stream"
# A URL and a name; whoever sends more sends something else.
MAX_LINE_BYTES: Final = 4096


@runtime_checkable
class Listener(Protocol):
    """Listen and block."""

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Iterator[bytes]:
        """GET *url* and return line after line, without their ends, until it is over; or raise `FetchError`."""
        ...


@runtime_checkable
class AsyncListener(Protocol):
    """Listen without blocking the event loop."""

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """GET *url* and return line after line, without their ends, until it is over; or raise `FetchError`."""
        ...


def check_feed(status: int, headers: Mapping[str, str], rules: FetchRules) -> None:
    """Refuse an answer that is no feed, before its body is read.

    Raises:
        FetchError: As of `check_head`, or "no_feed".
    """
    check_head(status, headers, rules)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status != 200 or media_type != MEDIA_TYPE:
        raise FetchError("The answer is no feed.", code="no_feed", detail=f"status {status}, {media_type or 'no type'}")


def line_too_long() -> FetchError:
    """Make the error for a line over the cap."""
    return FetchError(f"A line is longer than {MAX_LINE_BYTES} bytes.", code="too_large")


def cannot_listen(fetcher: object) -> FetchError:
    """Make the error for a fetcher that only fetches."""
    name = type(fetcher).__name__
    return FetchError(
        "There is nothing here that could listen.", code="cannot_listen", detail=f"{name} has no listen()"
    )
