"""What a fetch is: the protocols, its limits, its answer and its one error (RFC 8725 §3.10, RFC 7515 §8).

Nothing here touches the network. A redirect is an error and not an answer: whoever can make the trusted host redirect
would otherwise choose which host we talk to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from tokensmith.outbound.target import Target, parse_target

# http.client and httpx2 would otherwise follow their own taste, and an encoded body could inflate beyond any cap.
FIXED_HEADERS = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "tokensmith"}


class FetchError(Exception):
    """No usable answer came back; trying again later may help.

    Attributes:
        code: What happened, stable: "url_refused", "address_refused", "unreachable", "timed_out", "redirected",
            "too_large", "encoded" or "truncated".
        detail: For the log only; may name hosts and addresses.
    """

    def __init__(self, message: str, *, code: str, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """Limits of one fetch.

    Args:
        trusted_origin: The origin an operator named, such as "https://id.internal:8443". It may resolve to a private
            address, and may be plain http where its host is this machine. Every other URL must be https and public.
        max_bytes: Ceiling for the body.
        connect_seconds: For one attempt at one address.
        total_seconds: For everything after the name has been resolved, whatever the pace at which bytes arrive.
    """

    trusted_origin: str
    max_bytes: int = 1_048_576
    connect_seconds: float = 2.0
    total_seconds: float = 5.0

    @classmethod
    def of(cls, url: str, *, is_trusted: bool, max_bytes: int) -> Self:
        """Return the limits of fetching *url*: trusted where an operator wrote it down, public and https where not."""
        try:
            origin = parse_target(url).origin if is_trusted else ""
        except ValueError:
            origin = ""  # `admit` says what is wrong with it
        return cls(trusted_origin=origin, max_bytes=max_bytes)

    def admit(self, url: str) -> Target:
        """Return *url* as a target, or raise `FetchError` ("url_refused") before anything is resolved."""
        try:
            target = parse_target(url)
        except ValueError as error:
            raise FetchError("The URL is not one that may be fetched.", code="url_refused", detail=str(error)) from None
        if target.scheme == "http" and not (target.origin == self.trusted_origin and target.is_loopback):
            raise FetchError("Only https may be fetched.", code="url_refused", detail=url)
        return target


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer that kept every rule. Header names are in lower case; the status is 200–299, 304 or an error status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher(Protocol):
    """Fetch a document and block until it is here."""

    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url* under *rules*, or raise `FetchError`."""
        ...


class AsyncFetcher(Protocol):
    """Fetch a document without blocking the event loop."""

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url* under *rules*, or raise `FetchError`."""
        ...


def check_head(status: int, headers: Mapping[str, str], rules: FetchRules) -> None:
    """Refuse an answer by its status and headers, before its body is read.

    Raises:
        FetchError: A redirect, a body announced as too large, or an encoded one.
    """
    if 300 <= status < 400 and status != 304:
        raise FetchError("The server answered with a redirect.", code="redirected", detail=headers.get("location", ""))
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchError("The body is encoded, which was not asked for.", code="encoded")
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > rules.max_bytes:
        raise too_large(rules)


def too_large(rules: FetchRules) -> FetchError:
    """Make the error for a body over the cap."""
    return FetchError(f"The body is larger than {rules.max_bytes} bytes.", code="too_large")
