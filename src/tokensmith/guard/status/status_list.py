"""Has this token been revoked? Token Status Lists, read from memory (draft-ietf-oauth-status-list §5.1, §8.3).

The issuer publishes one bit per grant in a signed list. A guard holds the lists its tokens point to and asks again in
the background, so that a request costs one look into memory. Ages are counted from the start of the fetch that brought
the list: what changed while the answer was on its way is not in it.

The list also carries news of keys: "retired_kids" names signing keys that were compromised. They are refused from the
moment the list is read, whatever the key set still says.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tokensmith.guard.errors import InvalidTokenError, UnavailableError
from tokensmith.guard.keys import KeySource
from tokensmith.guard.status.feed import StatusFeed
from tokensmith.guard.status.list_token import ListToken, ListVerifier, RefusedListError
from tokensmith.guard.status.reference import Reference, read_reference
from tokensmith.jose import JoseError
from tokensmith.jose.errors import RefusedTokenError
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.outside import Outside

_MAX_LISTS: Final = 256
# With a poll every 2 seconds and this, a list is renewed within its bound of 5 even when an answer is slow.
_FETCH_SECONDS: Final = 3.0
# A list this many poll intervals old is not used before it was asked for again.
_BOUND_IN_POLLS: Final = 2.5
# The fetch that was under way when a change was heard of may have asked before it.
_TRIES: Final = 2
_NEVER: Final = -math.inf
_logger: Final = logging.getLogger("tokensmith.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A list in hand."""

    token: ListToken
    etag: str | None
    asked_at: float


class _Entry:
    """What is known of the list at one URL."""

    __slots__ = ("failed_at", "held", "url")

    def __init__(self, url: str) -> None:
        self.url = url
        self.held: _Held | None = None
        self.failed_at = _NEVER


class StatusLists:
    """The status lists of one issuer.

    Args:
        keys: The issuer's keys, which sign its lists as they sign its tokens.
        verifier: Checks a list token.
        origin: The issuer's own; a list from anywhere else is not asked for.
        promised: Whether every token must have a status.
        poll_interval: Seconds after which a list is asked for again.
        max_stale: Seconds after which a list is not used any more.
    """

    def __init__(
        self,
        *,
        keys: KeySource,
        verifier: ListVerifier,
        origin: str,
        promised: bool,
        poll_interval: float,
        max_stale: float,
    ) -> None:
        self._keys = keys
        self._verifier = verifier
        self._rules = FetchRules(trusted_origin=origin, total_seconds=_FETCH_SECONDS)
        self._promised = promised
        self._poll_interval = poll_interval
        self._bound = min(_BOUND_IN_POLLS * poll_interval, max_stale)
        self._max_stale = max_stale
        self._entries: dict[str, _Entry] = {}
        self._retired: frozenset[str] = frozenset()
        self._feed = StatusFeed(origin=origin, heard=self._changed)

    def age(self, now: float) -> float | None:
        """Return the seconds since the oldest list in hand was asked for, or None without any."""
        return max((now - entry.held.asked_at for entry in list(self._entries.values()) if entry.held), default=None)

    async def check(self, claims: Mapping[str, JsonValue], *, kid: str | None, outside: Outside) -> None:
        """Refuse a token that was revoked, or whose key was.

        Args:
            claims: Those of a token that has passed every other check of its own.
            kid: The id of the key that verified it.

        Raises:
            InvalidTokenError: It was revoked, or its status cannot be one of this issuer's.
            UnavailableError: Its list could not be had, or is too old.
        """
        reference = read_reference(claims, origin=self._rules.trusted_origin)
        if reference is not None:
            await self._check_entry(reference, outside)
        elif self._promised or self._keys.promises_status:
            raise InvalidTokenError("The access token has no status.", code="status_missing")
        # Last, since the list just read may be the one that says so.
        if kid is not None and kid in self._retired:
            raise InvalidTokenError("The access token's key was withdrawn.", code="retired_key", detail=f"kid={kid}")

    async def _check_entry(self, reference: Reference, outside: Outside) -> None:
        entry = self._entries.get(reference.url) or self._new_entry(reference.url)
        held = entry.held
        if held is None or outside.monotonic() - held.asked_at >= self._poll_interval or self._expired(held, outside):
            held = await self._renewed(entry, outside)
        try:
            status = held.token.statuses[reference.index]
        except RefusedTokenError as error:
            raise InvalidTokenError(str(error), code=error.code, detail=error.detail) from error
        # Draft §7.1: 0 is valid; revoked, suspended and what an application may mean beyond are not.
        if status != 0:
            raise InvalidTokenError("The access token was revoked.", code="revoked", detail=f"status={status}")

    def _new_entry(self, url: str) -> _Entry:
        if len(self._entries) >= _MAX_LISTS:
            self._entries.pop(next(iter(list(self._entries))), None)
        return self._entries.setdefault(url, _Entry(url))

    def _expired(self, held: _Held, outside: Outside) -> bool:
        return self._verifier.is_expired(held.token, now=outside.now())

    async def _renewed(self, entry: _Entry, outside: Outside) -> _Held:
        """Return a list that may be used, having asked for a new one: before, or beside, as its age allows."""
        if self._keys.status_feed is not None:
            self._feed.follow(self._keys.status_feed, outside)
        held = seen = entry.held
        now = outside.monotonic()
        since_failure = now - entry.failed_at
        if since_failure >= self._poll_interval:
            if (
                held is not None
                and not self._expired(held, outside)
                and self._is_usable_meanwhile(held, since_failure, now)
            ):
                outside.in_background(entry.url, lambda: self._renew(entry, seen, outside))
            else:
                await self._renew_shared(entry, seen, outside)
                held = entry.held
        if held is None or outside.monotonic() - held.asked_at >= self._max_stale or self._expired(held, outside):
            message = "Whether the access token was revoked cannot be found out."
            raise UnavailableError(message, code="status_unavailable", detail=entry.url)
        return held

    def _is_usable_meanwhile(self, held: _Held, since_failure: float, now: float) -> bool:
        # An issuer that failed within the bound counts as not answering: nobody waits for it again and again.
        return now - held.asked_at < self._bound or (
            since_failure < self._bound and now - held.asked_at < self._max_stale
        )

    async def _changed(self, url: str, outside: Outside) -> None:
        """Fetch a list again that the issuer says has changed."""
        entry = self._entries.get(url)
        heard_at = outside.monotonic()
        if entry is None:
            return
        for _ in range(_TRIES):
            if entry.held is None or entry.held.asked_at < heard_at:
                await self._renew_shared(entry, entry.held, outside)

    async def _renew_shared(self, entry: _Entry, seen: _Held | None, outside: Outside) -> None:
        await outside.shared(entry.url, lambda: self._renew(entry, seen, outside))

    async def _renew(self, entry: _Entry, seen: _Held | None, outside: Outside) -> None:
        held = entry.held
        if held is not seen:
            # Somebody else's fetch ended after this asker had looked and before it could join.
            return
        if held is not None and self._expired(held, outside):
            held = None
        # RFC 9111 §5.2.1.4: a cache on the way has to ask the issuer, else its age would add to ours unseen.
        headers = {"Accept": "application/statuslist+jwt", "Cache-Control": "no-cache"}
        if held is not None and held.etag is not None:
            headers["If-None-Match"] = held.etag
        started = outside.monotonic()
        try:
            answer = await outside.fetch(entry.url, self._rules, headers)
            entry.held = await self._accept(answer, held, entry, started, outside)
            entry.failed_at = _NEVER
        except (FetchError, JoseError, RefusedListError, UnavailableError) as error:
            entry.failed_at = outside.monotonic()
            _logger.warning("the status list %s was not renewed: %s %s", entry.url, error, getattr(error, "detail", ""))

    async def _accept(
        self, answer: Response, held: _Held | None, entry: _Entry, started: float, outside: Outside
    ) -> _Held:
        if answer.status == 304 and held is not None:
            return replace(held, asked_at=started)
        if answer.status != 200:
            raise RefusedListError(f"status {answer.status}")
        token = await self._verifier.verify(answer.body, url=entry.url, keys=self._keys, outside=outside)
        if entry.held is not None and token.issued_at < entry.held.token.issued_at:
            # An old list, signed and all, would undo every revocation since.
            raise RefusedListError(f"issued at {token.issued_at}, before the one in hand")
        self._retire(token)
        return _Held(token=token, etag=answer.headers.get("etag"), asked_at=started)

    def _retire(self, token: ListToken) -> None:
        retired = self._retired | token.retired_kids
        if token.key_id in retired:
            # Before anything in it is believed: whoever stole the key could withdraw all the others with it.
            raise RefusedListError(f"it is signed by the withdrawn key {token.key_id}")
        if retired != self._retired:
            self._retired = retired
            self._keys.expire()
