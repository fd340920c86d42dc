"""What posting is: a form is sent and a document comes back, under the rules of a fetch (RFC 6749 §3.2, RFC 7662 §2.1).

A form holds secrets. So it goes where it was sent and nowhere else: a redirect is an error here, too.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, runtime_checkable
from urllib.parse import urlencode

from tokensmith.outbound.fetch import FetchError, FetchRules, Response

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
# In order, since a name may come more than once (RFC 8707 §2).
Form = Sequence[tuple[str, str]]


@runtime_checkable
class Poster(Protocol):
    """Post and block."""

    def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url* under *rules*, or raise `FetchError`."""
        ...


@runtime_checkable
class AsyncPoster(Protocol):
    """Post without blocking the event loop."""

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url* under *rules*, or raise `FetchError`."""
        ...


def body_of(form: Form) -> bytes:
    """Write a form (RFC 6749 Appendix B)."""
    return urlencode(form).encode("ascii")


def cannot_post(fetcher: object) -> FetchError:
    """Make the error for a fetcher that only fetches."""
    name = type(fetcher).__name__
    return FetchError("There is nothing here that could post.", code="cannot_post", detail=f"{name} has no post()")
