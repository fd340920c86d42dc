"""RemoteKeys: an issuer's keys over the network, fetched seldom and shared by all requests (RFC 7517 §5).

What an attacker can do is send tokens with key ids nobody has. Such a token costs us at most one fetch per cooldown for
all of them together, and a key set in hand is never thrown away because a fetch failed.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tokensmith.guard.errors import UnavailableError
from tokensmith.guard.keys.discovery import Metadata, read_metadata
from tokensmith.guard.keys.freshness import lifetime_seconds
from tokensmith.guard.keys.jwks import parse_key_set
from tokensmith.jose import Key, KeySet
from tokensmith.jose.errors import UnknownKeyError
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.discovery import DocumentError, discover
from tokensmith.outbound.outside import Outside

COOLDOWN_SECONDS: Final = 10
MISSING_SECONDS: Final = 30
MAX_STALE_SECONDS: Final = 86_400
RETRY_SECONDS: Final = 2
METADATA_SECONDS: Final = 3600
_MAX_MISSING: Final = 1000
_NEVER: Final = -math.inf
_logger: Final = logging.getLogger("tokensmith.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A key set in hand; the times are those of `Outside.monotonic`, counted from the start of the fetch."""

    keys: KeySet
    url: str
    etag: str | None
    asked_at: float
    renew_at: float
    fresh_until: float


class RemoteKeys:
    """The keys at an issuer's "jwks_uri".

    Fresh for as long as the answer's Cache-Control says, within 10 seconds and an hour; renewed in the background in
    the last fifth of that time; used for a day if the issuer does not answer.

    Args:
        issuer: The issuer's identifier; its metadata is read unless *jwks_uri* is given.
        rules: What may be fetched.
        rsa_alg: The algorithm of RSA keys that name none.
        okp_alg: "EdDSA" where the issuer's tokens still carry that name, else None.
    """

    def __init__(
        self,
        issuer: str,
        *,
        rules: FetchRules,
        rsa_alg: str = "RS256",
        okp_alg: str | None = None,
        jwks_uri: str | None = None,
    ) -> None:
        self._issuer = issuer
        self._rules = rules
        self._rsa_alg = rsa_alg
        self._okp_alg = okp_alg
        self._metadata = None if jwks_uri is None else Metadata(jwks_uri=jwks_uri)
        self._metadata_until = _NEVER if jwks_uri is None else math.inf
        self._held: _Held | None = None
        self._asked_at = _NEVER
        self._failed_at = _NEVER
        self._missing: dict[object, float] = {}

    @property
    def promises_status(self) -> bool:
        """Whether the metadata names a status list aggregation (Token Status List §9.1)."""
        return self._metadata is not None and self._metadata.promises_status

    @property
    def status_feed(self) -> str | None:
        """Where the metadata says that changes of status lists are told, or None."""
        return None if self._metadata is None else self._metadata.status_feed

    def age(self, now: float) -> float | None:
        """Return the seconds since the keys in hand were asked for, or None."""
        return None if self._held is None else now - self._held.asked_at

    def expire(self) -> None:
        """Ask again before the next use, whatever was asked when."""
        if self._held is not None:
            self._held = replace(self._held, renew_at=_NEVER, fresh_until=_NEVER)
        self._asked_at = self._failed_at = _NEVER
        self._missing.clear()

    async def find(self, header: Mapping[str, JsonValue], outside: Outside) -> Key:
        """Return the key that *header* names; for an unknown one ask again, at most once per cooldown.

        Raises:
            RefusedTokenError: There is no such key, or not exactly one.
            UnavailableError: No keys are in hand and none could be had.
        """
        held = await self._current(outside)
        try:
            return held.keys.find(header)
        except UnknownKeyError:
            may_ask = self._may_ask_for(header.get("kid"), outside.monotonic())
        if may_ask:
            await self._renew_shared(held, outside)
            held = self._held or held
        try:
            return held.keys.find(header)
        except UnknownKeyError:
            # The key may be a new one that we could not learn of: that is no reason to call the token bad.
            if self._failed_at > _NEVER:
                raise self._unavailable() from None
            if may_ask:
                self._remember_missing(header.get("kid"), outside.monotonic())
            raise

    async def _current(self, outside: Outside) -> _Held:
        held, now = self._held, outside.monotonic()
        if held is not None and now < held.renew_at:
            return held
        if now - self._failed_at >= RETRY_SECONDS:
            if held is not None and now < held.fresh_until:
                outside.in_background(self._name, lambda: self._renew(held, outside))
                return held
            await self._renew_shared(held, outside)
        held = self._held
        if held is None or outside.monotonic() - held.asked_at >= MAX_STALE_SECONDS:
            raise self._unavailable()
        return held

    def _unavailable(self) -> UnavailableError:
        message = "The issuer's keys are not available."
        return UnavailableError(message, code="keys_unavailable", detail=self._issuer, retry_after=RETRY_SECONDS)

    def _may_ask_for(self, kid: object, now: float) -> bool:
        return now - self._asked_at >= COOLDOWN_SECONDS and now - self._missing.get(kid, _NEVER) >= MISSING_SECONDS

    def _remember_missing(self, kid: object, now: float) -> None:
        if len(self._missing) >= _MAX_MISSING:
            self._missing.clear()
        self._missing[kid] = now

    @property
    def _name(self) -> str:
        return f"keys of {self._issuer}"

    async def _renew_shared(self, seen: _Held | None, outside: Outside) -> None:
        await outside.shared(self._name, lambda: self._renew(seen, outside))

    async def _renew(self, seen: _Held | None, outside: Outside) -> None:
        if self._held is not seen:
            # Somebody else's fetch ended after this asker had looked and before it could join.
            return
        self._asked_at = started = outside.monotonic()
        try:
            metadata = await self._locate(outside)
            held = self._held if self._held is not None and self._held.url == metadata.jwks_uri else None
            headers = {"Accept": "application/jwk-set+json, application/json"}
            if held is not None and held.etag is not None:
                headers["If-None-Match"] = held.etag
            answer = await outside.fetch(metadata.jwks_uri, self._rules, headers)
            self._held = self._accept(answer, held=held, url=metadata.jwks_uri, started=started)
            self._failed_at = _NEVER
        except (FetchError, DocumentError) as error:
            self._failed_at = outside.monotonic()
            _logger.warning("the keys of %s were not renewed: %s %s", self._issuer, error, getattr(error, "detail", ""))

    async def _locate(self, outside: Outside) -> Metadata:
        started = outside.monotonic()
        if self._metadata is not None and started < self._metadata_until:
            return self._metadata
        try:
            self._metadata = await discover(self._issuer, self._rules, outside, read_metadata)
            self._metadata_until = started + METADATA_SECONDS
        except (FetchError, DocumentError):
            if self._metadata is None:
                raise
        return self._metadata

    def _accept(self, answer: Response, *, held: _Held | None, url: str, started: float) -> _Held:
        if answer.status == 304 and held is not None:
            keys = held.keys
        elif answer.status == 200:
            keys = parse_key_set(answer.body, rsa_alg=self._rsa_alg, okp_alg=self._okp_alg)
        else:
            raise DocumentError(f"{url} answered with status {answer.status}")
        lifetime = lifetime_seconds(answer.headers)
        return _Held(
            keys=keys,
            url=url,
            etag=answer.headers.get("etag") or (held.etag if held is not None else None),
            asked_at=started,
            renew_at=started + 0.8 * lifetime,
            fresh_until=started + lifetime,
        )
