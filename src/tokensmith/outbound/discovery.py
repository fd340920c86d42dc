"""From an issuer's identifier to what it says of itself (RFC 8414 §3, OpenID Connect Discovery §4).

RFC 8414 puts the well-known part between host and path, OpenID Connect Discovery after the path; issuers with a path
differ in which they serve, so both are asked. The document must name the very issuer it was asked for: otherwise one
tenant of a host could answer for another.
"""

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from tokensmith.jose import JoseError, strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.fetch import FetchError, FetchRules
from tokensmith.outbound.outside import Outside
from tokensmith.outbound.target import parse_target

T = TypeVar("T")

METADATA_SECONDS: Final = 3600
"""How long metadata is used before it is read again."""
RETRY_SECONDS: Final = 30
"""How long after a failure old metadata is used without asking."""


class DocumentError(Exception):
    """A document came and is not usable; the message is for the log."""


async def discover(issuer: str, rules: FetchRules, outside: Outside, read: Callable[[Mapping[str, JsonValue]], T]) -> T:
    """Find the metadata of *issuer* and return what *read* makes of it.

    Args:
        read: Raises `DocumentError` for a document that it cannot use; then the next place is asked.

    Raises:
        FetchError: No answer came, and none is worth waiting for.
        DocumentError: None of the well-known places has a document that may be used.
    """
    reasons: list[str] = []
    for url in well_known_urls(issuer):
        try:
            answer = await outside.fetch(url, rules, {"Accept": "application/json"})
            if answer.status == 200:
                return read(parse_metadata(answer.body, issuer=issuer))
            reasons.append(f"{url}: status {answer.status}")
        except DocumentError as error:
            reasons.append(f"{url}: {error}")
        except FetchError as error:
            is_silent = error.code in ("unreachable", "timed_out")
            if is_silent and not reasons:
                raise
            reasons.append(f"{url}: {error} {error.detail}")
            if is_silent:
                break
    raise DocumentError("; ".join(reasons))


class Discovered(Generic[T]):
    """What was made of an issuer's metadata, read again every hour; old metadata serves while there is no newer.

    Args:
        read: As of `discover`.
    """

    def __init__(self, issuer: str, rules: FetchRules, read: Callable[[Mapping[str, JsonValue]], T]) -> None:
        self._issuer = issuer
        self._rules = rules
        self._read = read
        self._held: T | None = None
        self._asked_at = 0.0
        self._reason = ""

    async def get(self, outside: Outside) -> T:
        """Return it; whoever asks while it is being read waits for the same reading.

        Raises:
            DocumentError: It was never had; the message says why.
        """
        if self._held is None or outside.monotonic() - self._asked_at >= METADATA_SECONDS:
            await outside.shared(f"metadata of {self._issuer}", lambda: self._discover(outside))
        if self._held is None:
            raise DocumentError(self._reason or "it takes too long")
        return self._held

    async def _discover(self, outside: Outside) -> None:
        started = outside.monotonic()
        try:
            self._held = await discover(self._issuer, self._rules, outside, self._read)
            self._asked_at = started
        except (FetchError, DocumentError) as error:
            self._reason = f"{error} {getattr(error, 'detail', '')}".strip()
            # What is held serves; nobody waits for a silent issuer at every request.
            self._asked_at = started - METADATA_SECONDS + RETRY_SECONDS


def well_known_urls(issuer: str) -> tuple[str, ...]:
    """Return where the metadata of *issuer* may be, in the order of asking, each once."""
    target = parse_target(issuer)
    path = target.path.rstrip("/")
    return tuple(
        dict.fromkeys(
            (
                f"{target.origin}/.well-known/oauth-authorization-server{path}",
                f"{target.origin}{path}/.well-known/openid-configuration",
                f"{target.origin}/.well-known/openid-configuration{path}",
            )
        )
    )


def parse_metadata(body: bytes, *, issuer: str) -> Mapping[str, JsonValue]:
    """Read a metadata document, or raise `DocumentError`."""
    try:
        document: Mapping[str, JsonValue] = strict_json.parse_object(body)
    except JoseError as error:
        raise DocumentError(f"not a JSON object: {error}") from error
    # RFC 8414 §3.3: identical, or nothing in it may be used. A slash at the end makes another issuer.
    if document.get("issuer") != issuer:
        raise DocumentError(f"it is about {document.get('issuer')!r}, and {issuer!r} is configured")
    return document
