"""The signed list itself: a Status List Token (draft-ietf-oauth-status-list §5.1, §8.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

from tokensmith.guard.keys import KeySource
from tokensmith.jose import Key, jwt
from tokensmith.jose.errors import UnknownKeyError
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.jose.limits import Limits
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.outside import Outside

# The clocks of two machines differ by a little always. A service may want none of that for its tokens (leeway=0), but a
# list that seems to be issued half a second from now is no reason to refuse everybody.
_LEAST_LEEWAY_SECONDS: Final = 10
# A list of 2^17 entries takes 22 KiB; the fetch has capped the bytes.
_LIMITS: Final = Limits(max_token_bytes=1_048_576)


class RefusedListError(Exception):
    """A list came and is not used; the message is for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListToken:
    """A list that was verified.

    Args:
        statuses: The status of each index; 0 is valid.
        issued_at: Seconds since 1970.
        expires_at: Seconds since 1970, or None.
        key_id: The id of the key that signed it.
        retired_kids: Ids of signing keys that the issuer has withdrawn as compromised.
    """

    statuses: StatusList
    issued_at: float
    expires_at: float | None
    key_id: str | None
    retired_kids: frozenset[str]


class ListVerifier:
    """Checks the list tokens of one issuer; frozen.

    Args:
        issuer: Whom a list that names an issuer has to name.
        algorithms: The signature algorithms a list may use.
        leeway: Seconds of clock difference to forgive; never less than 10 here.
        clock: Says the time.
    """

    __slots__ = ("_algorithms", "_issuer", "_leeway", "_verifier")

    def __init__(self, *, issuer: str, algorithms: Collection[str], leeway: int, clock: Clock) -> None:
        self._issuer = issuer
        self._algorithms = frozenset(algorithms)
        self._leeway = max(leeway, _LEAST_LEEWAY_SECONDS)
        self._verifier = jwt.Verifier(
            None,
            issuer=jwt.ANY,
            audience=jwt.ANY,
            profile=jwt.STATUS_LIST,
            leeway=self._leeway,
            clock=clock,
            limits=_LIMITS,
        )

    def is_expired(self, token: ListToken, *, now: float) -> bool:
        """Say whether *token* has passed its "exp"; it may have done so in our hands."""
        return token.expires_at is not None and token.expires_at <= now - self._leeway

    async def verify(self, body: bytes, *, url: str, keys: KeySource, outside: Outside) -> ListToken:
        """Verify the list that was found at *url*.

        Raises:
            JoseError: It is no genuine list, or too old.
            RefusedListError: It is another list than the one asked for.
            UnavailableError: The issuer's keys could not be had.
        """
        token = body.strip()
        key = await self._find_key(token, keys, outside)
        verified = self._verifier.verify(token, key=key)
        claims = verified.claims
        # Draft §8.3 step 4a: one list must not stand in for another. The list need not name its issuer; the key does.
        if claims.subject != url:
            raise RefusedListError(f"it is about {claims.subject!r}")
        if claims.issuer not in (None, self._issuer):
            raise RefusedListError(f"it is from {claims.issuer!r}")
        return ListToken(
            statuses=StatusList.from_claim(claims["status_list"]),
            issued_at=cast("float", claims["iat"]),
            expires_at=cast("float | None", claims.get("exp")),
            key_id=key.kid,
            retired_kids=_read_retired(claims.get("retired_kids", ())),
        )

    async def _find_key(self, token: bytes, keys: KeySource, outside: Outside) -> Key:
        header = jwt.read_unverified(token, limits=_LIMITS).unverified_header
        if header.get("alg") not in self._algorithms:
            raise RefusedListError(f"alg {header.get('alg')!r} is not among the issuer's")
        try:
            return await keys.find(header, outside)
        except UnknownKeyError:
            # We asked the issuer for this list, so no stranger can wear out the cooldown by it; and it may be the very
            # list that says why the old key is gone.
            keys.expire()
            return await keys.find(header, outside)


def _read_retired(value: JsonValue) -> frozenset[str]:
    if not isinstance(value, list | tuple):
        raise RefusedListError('"retired_kids" is no array')
    return frozenset(kid for kid in value if isinstance(kid, str))
