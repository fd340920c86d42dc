"""PyJWKClient: the keys behind one URL, fetched through the house's gate and held for a while (RFC 7517 §5).

One lock covers looking up and fetching, so many threads that miss a key cause one fetch; and an unknown kid, which a
stranger can invent at will, causes at most one per cooldown, whether it succeeds or fails.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from math import inf, isfinite
from ssl import SSLContext
from typing import Any, Final

from tokensmith.compat.pyjwt.decode import get_unverified_header
from tokensmith.compat.pyjwt.exceptions import PyJWKClientConnectionError, PyJWKClientError
from tokensmith.compat.pyjwt.jwk import PyJWK, PyJWKSet
from tokensmith.jose import JoseError
from tokensmith.jose.jwk.members import has_private_members
from tokensmith.jose.jwk.parse import parse_json_object
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.target import parse_target
from tokensmith.outbound.with_urllib import BlockingFetcher


class PyJWKClient:
    """Fetches a JWK Set and finds keys in it; safe to share between threads.

    Args:
        uri: The set's address: https, or http on this machine.
        cache_keys: Taken as asking for *cache_jwk_set*: a key leaves with the set it came in.
        max_cached_keys: Taken for the sake of programs that set it; a set has 256 keys at most.
        cache_jwk_set: Whether the set is held for *lifespan*.
        lifespan: Seconds, above 0.
        headers: Further request headers.
        timeout: Seconds for the whole fetch, above 0 and finite.
        ssl_context: Whom to trust; by default the system's authorities.
        cooldown_duration: Seconds between two fetches for unknown kids, 0 or more.
        monotonic: Says how much time has passed.

    Raises:
        PyJWKClientError: An argument makes no sense, or the address may not be fetched.
    """

    def __init__(
        self,
        uri: str,
        cache_keys: bool = False,
        max_cached_keys: int = 16,  # noqa: ARG002
        cache_jwk_set: bool = True,
        lifespan: float = 300,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
        ssl_context: SSLContext | None = None,
        cooldown_duration: float = 30,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not lifespan > 0:
            raise PyJWKClientError("lifespan is a number of seconds above 0.")
        if not (isfinite(timeout) and timeout > 0):
            raise PyJWKClientError("timeout is a finite number of seconds above 0.")
        if not isfinite(cooldown_duration) or cooldown_duration < 0:
            raise PyJWKClientError("cooldown_duration is a finite number of seconds, 0 or more.")
        self.uri: Final = uri
        self.headers: Final = dict(headers or {})
        self._rules: Final = _rules_for(uri, timeout=timeout)
        self._fetcher: Final = BlockingFetcher(ssl_context=ssl_context)
        self._lifespan: Final = lifespan if cache_jwk_set or cache_keys else 0
        self._cooldown: Final = cooldown_duration if cache_jwk_set or cache_keys else 0
        self._monotonic: Final = monotonic
        self._lock: Final = threading.RLock()
        self._held: PyJWKSet | None = None
        self._held_since = -inf
        self._asked_at = -inf

    def fetch_data(self) -> Any:
        """Fetch the set and return its JSON object; whoever overrides this may filter it.

        Raises:
            PyJWKClientConnectionError: No answer of status 200 came.
            PyJWKClientError: The answer is no JSON object, or shows a secret.
        """
        try:
            answer = self._fetcher.fetch(self.uri, self._rules, {"Accept": "application/json", **self.headers})
        except FetchError as error:
            raise PyJWKClientConnectionError(str(error)) from error
        if answer.status != 200:
            raise PyJWKClientConnectionError(f"The key set was answered with status {answer.status}.")
        return _read(answer)

    def get_jwk_set(self, refresh: bool = False) -> PyJWKSet:
        """Return the set in hand, or fetch it where there is none, it is too old, or *refresh* is true.

        Raises:
            PyJWKClientError: As of `fetch_data`.
            PyJWKSetError: It has no key that can be used.
        """
        with self._lock:
            held, now = self._held, self._monotonic()
            if held is None or refresh or now - self._held_since >= self._lifespan:
                # Before the fetch, so that one that fails counts too; and it makes no set in hand any younger.
                self._asked_at = now
                held = PyJWKSet.from_dict(self.fetch_data())
                self._held, self._held_since = held, now
            return held

    def get_signing_keys(self, refresh: bool = False) -> list[PyJWK]:
        """Return the keys of the set that have a kid; raises as `get_jwk_set`, and where there are none."""
        keys = [key for key in self.get_jwk_set(refresh) if key.key_id]
        if not keys:
            raise PyJWKClientError("The key set has no signing keys.")
        return keys

    def get_signing_key(self, kid: str | None) -> PyJWK:
        """Return the key of this kid; for an unknown one ask again, at most once per cooldown.

        Raises:
            PyJWKClientError: There is none, or as of `get_signing_keys`.
        """
        with self._lock:
            key = self.match_kid(self.get_signing_keys(), kid)
            if key is None and self._monotonic() - self._asked_at >= self._cooldown:
                key = self.match_kid(self.get_signing_keys(refresh=True), kid)
        if key is None:
            raise PyJWKClientError("The key set has no key for this token.")
        return key

    def get_signing_key_from_jwt(self, token: str | bytes) -> PyJWK:
        """Return the key a token names; raises as `get_signing_key` and `get_unverified_header`."""
        return self.get_signing_key(get_unverified_header(token).get("kid"))

    @staticmethod
    def match_kid(signing_keys: Iterable[PyJWK], kid: str | None) -> PyJWK | None:
        """Return the first key of this kid, or None."""
        return next((key for key in signing_keys if key.key_id == kid), None)


def _rules_for(uri: str, *, timeout: float) -> FetchRules:
    try:
        rules = FetchRules(trusted_origin=parse_target(uri).origin, connect_seconds=timeout, total_seconds=timeout)
        rules.admit(uri)
    except (ValueError, FetchError) as error:
        raise PyJWKClientError("A key set is fetched over https, or over http on this machine.") from error
    return rules


def _read(answer: Response) -> dict[str, Any]:
    try:
        document: dict[str, Any] = dict(parse_json_object(answer.body))
    except JoseError as error:
        raise PyJWKClientError("The answer is not a JSON object.") from error
    listed = document.get("keys")
    for jwk in listed if isinstance(listed, list) else ():
        # Whoever reads the document could sign with such a key, so it proves nothing.
        if isinstance(jwk, dict) and (jwk.get("kty") == "oct" or has_private_members(jwk)):
            raise PyJWKClientError("The key set shows a secret to everybody.")
    return document
