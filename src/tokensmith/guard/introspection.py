"""Tokens that say nothing themselves: ask their issuer (RFC 7662), and keep the answer for a moment.

What can be read is never asked about: a signed token that does not verify gets no second opinion. Ages are counted from
the moment of asking: what changed while the answer was on its way is not in it.
"""

import hashlib
import logging
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tokensmith.guard.errors import InvalidTokenError, UnavailableError
from tokensmith.guard.introspection_answer import UnreadTokenError, check_claims, read_answer
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.discovery import Discovered, DocumentError
from tokensmith.outbound.identity import ClientIdentity
from tokensmith.outbound.outside import Outside

_FETCH_SECONDS: Final = 3.0
RETRY_SECONDS: Final = 2.0
"""How long after a failure nobody asks again."""
MAX_ACTIVE: Final = 10_000
MAX_INACTIVE: Final = 1_000
# The first part of an answer's time in which it is used without asking for the next.
_FRESH: Final = 0.4
_NEVER: Final = -math.inf
_logger: Final = logging.getLogger("tokensmith.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """How an issuer is asked about tokens that say nothing themselves.

    Args:
        identity: Who this service is to the issuer: a `SecretClient` or `KeyClient` of `tokensmith.client`.
        endpoint: Where to ask; by default what the issuer's metadata names.
        keep: Seconds an answer is used; a revoked token lives no longer than that while the issuer answers. While it
            does not, an answer is used up to the issuer's `max_stale`.

    Raises:
        ValueError: *keep* is negative.
    """

    identity: ClientIdentity
    endpoint: str | None = None
    keep: float = 5

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        if not self.keep >= 0:
            raise ValueError("keep is a number of seconds")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the issuer said of one token: its claims, or that it is not active."""

    claims: FrozenObject | None
    asked_at: float


class Introspector:
    """Asks one issuer about tokens.

    Args:
        settings: As whom, where, and for how long.
        issuer: Its identifier.
        audience: What this service is called; one of these must be in the answer's "aud".
        leeway: Seconds of clock difference to forgive.
        max_stale: Seconds after which an answer is not used any more.
        origin: The issuer's own.
    """

    def __init__(
        self,
        settings: Introspection,
        *,
        issuer: str,
        audience: str | frozenset[str],
        leeway: float,
        max_stale: float,
        origin: str,
    ) -> None:
        self._settings = settings
        self._issuer = issuer
        self._audiences = frozenset({audience}) if isinstance(audience, str) else audience
        self._leeway = leeway
        self._max_stale = max(max_stale, settings.keep)
        self._rules = FetchRules(trusted_origin=origin, total_seconds=_FETCH_SECONDS, max_bytes=65_536)
        self._endpoint = Discovered(issuer, self._rules, _read_endpoint)
        self._active: dict[bytes, _Answer] = {}
        self._inactive: dict[bytes, _Answer] = {}
        self._failed_at = _NEVER

    def age(self, now: float) -> float | None:
        """Return the seconds since the oldest answer in hand was asked for; None without any that may be used."""
        ages = (now - answer.asked_at for answer in list(self._active.values()))
        return max((age for age in ages if age < self._max_stale), default=None)

    async def claims_of(self, token: str, outside: Outside) -> FrozenObject:
        """Return what the issuer says of a token, if it is good for this service now.

        Raises:
            InvalidTokenError: It is not.
            UnavailableError: The issuer could not be asked ("introspection_unavailable").
        """
        # No token lies in memory for longer than its request.
        digest = hashlib.sha256(token.encode("ascii")).digest()
        answer = await self._answer(token, digest, outside)
        if answer.claims is None:
            # RFC 7662 §2.2: it does not say why.
            raise InvalidTokenError("The access token is not active.", code="inactive")
        check_claims(
            answer.claims, issuer=self._issuer, audiences=self._audiences, leeway=self._leeway, now=outside.now()
        )
        return answer.claims

    async def _answer(self, token: str, digest: bytes, outside: Outside) -> _Answer:
        seen, now = self._held(digest), outside.monotonic()
        age = math.inf if seen is None else now - seen.asked_at
        if seen is not None and age < _FRESH * self._settings.keep:
            return seen
        name = f"token {digest.hex()} of {self._issuer}"
        if now - self._failed_at >= RETRY_SECONDS:
            if seen is not None and age < self._settings.keep:
                outside.in_background(name, lambda: self._ask(token, digest, seen, outside))
                return seen
            await outside.shared(name, lambda: self._ask(token, digest, seen, outside))
        answer = self._held(digest)
        if answer is None or (answer is seen and outside.monotonic() - answer.asked_at >= self._max_stale):
            message = "Whether the access token is good cannot be found out."
            raise UnavailableError(message, code="introspection_unavailable", detail=self._issuer)
        return answer

    def _held(self, digest: bytes) -> _Answer | None:
        return self._active.get(digest) or self._inactive.get(digest)

    async def _ask(self, token: str, digest: bytes, seen: _Answer | None, outside: Outside) -> None:
        if self._held(digest) is not seen:
            # Somebody else's question was answered after this asker had looked and before it could join.
            return
        started = outside.monotonic()
        try:
            answer = _Answer(read_answer(await self._post(token, outside), issuer=self._issuer), started)
        except (FetchError, DocumentError) as error:
            # Whoever sends a token that the issuer refuses to read keeps nobody else from being asked about.
            if not isinstance(error, UnreadTokenError):
                self._failed_at = outside.monotonic()
            detail = getattr(error, "detail", "")
            _logger.warning("%s could not be asked about a token: %s %r", self._issuer, error, detail)
            return
        self._failed_at = _NEVER
        self._keep(digest, answer)

    async def _post(self, token: str, outside: Outside) -> Response:
        url = self._settings.endpoint or await self._endpoint.get(outside)
        introduction = self._settings.identity.introduce(self._issuer)
        headers = {"Accept": "application/json", **dict(introduction.headers)}
        form = [("token", token), ("token_type_hint", "access_token"), *introduction.form]
        return await outside.post(url, self._rules, headers, form)

    def _keep(self, digest: bytes, answer: _Answer) -> None:
        # Apart, so that a flood of made-up tokens pushes no good one out.
        kept, other, room = (
            (self._inactive, self._active, MAX_INACTIVE)
            if answer.claims is None
            else (self._active, self._inactive, MAX_ACTIVE)
        )
        other.pop(digest, None)
        kept.pop(digest, None)
        while len(kept) >= room:
            # Another thread may be at it; then it has made the room.
            with suppress(RuntimeError, StopIteration):
                kept.pop(next(iter(kept)), None)
        kept[digest] = answer


def _read_endpoint(document: Mapping[str, JsonValue]) -> str:
    endpoint = document.get("introspection_endpoint")
    if not isinstance(endpoint, str):
        raise DocumentError("it has no introspection_endpoint")
    return endpoint
