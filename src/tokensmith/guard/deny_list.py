"""A service's own word on who is not let in any more, beside what the issuer says in its status lists.

The last check of a good token: whatever the service knows that its issuer does not. `DenyList` is a memory of this
process; a service of several asks a store of its own, by any function from a `Principal` to a bool.
"""

import math
import threading
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Final

from tokensmith.guard.errors import InvalidTokenError, UnavailableError
from tokensmith.guard.issuer import MAX_LEEWAY_SECONDS
from tokensmith.guard.principal import Principal
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK

Revoked = Callable[[Principal], bool | Awaitable[bool]]
"""Says whether a caller is not let in; asynchronous for `Guard.authenticate` alone."""

MAX_ENTRIES: Final = 100_000
_Entry = tuple[str, str, str]


async def check_revoked(revoked: Revoked, principal: Principal) -> None:
    """Ask the service.

    Raises:
        InvalidTokenError: It says so; code `denied`.
        UnavailableError: It raised, or answered neither True nor False; code `deny_list_unavailable`.
    """
    try:
        answer = revoked(principal)
        if isawaitable(answer):
            answer = await answer
    except Exception as error:
        # Whatever went wrong with the service's store: to go on would let the denied in.
        raise _unavailable(repr(error)) from error
    if not isinstance(answer, bool):
        # A function that forgot to return says None, which must not mean "let them in".
        raise _unavailable(f"revoked= answered {answer!r:.64}")
    if answer:
        raise InvalidTokenError("The access token was revoked.", code="denied")


class DenyList:
    """Tokens, people and clients that are not let in, remembered in this process until their tokens have expired.

    Args:
        longest_lifetime: Seconds that the issuer's access tokens are good for, at most; for so long people and clients
            are remembered.
        leeway: Seconds that the issuer's clock may be ahead of ours, as the guard's `Issuer(leeway=…)` says. Tokens
            that a person or a client is issued in those seconds after a denial are denied, too: they cannot be told
            from earlier ones.
        clock: Says the time.
        capacity: How many entries to hold at once.
    """

    def __init__(
        self,
        *,
        longest_lifetime: int = 3600,
        leeway: int = 10,
        clock: Clock = SYSTEM_CLOCK,
        capacity: int = MAX_ENTRIES,
    ) -> None:
        # A guard that forgives clocks takes a token for longer than it is good.
        self._lifetime = longest_lifetime + MAX_LEEWAY_SECONDS
        self._leeway = leeway
        self._now = clock.now
        self._capacity = capacity
        # To each entry: which tokens, by the last "iat" that is denied, and when it may be forgotten.
        self._entries: dict[_Entry, tuple[float, float]] = {}
        # To read one entry is safe at any time; to forget many while others are added is not.
        self._lock = threading.Lock()

    def deny_token(self, principal: Principal) -> None:
        """Let the one token no more in that *principal* came with.

        Raises:
            ValueError: It has no "jti".
            OverflowError: The list is full.
        """
        token_id, expires = principal.claims.get("jti"), principal.claims.get("exp")
        if not isinstance(token_id, str) or not isinstance(expires, int | float):
            raise ValueError('a token without "jti" or "exp" cannot be told from others')
        self._add(("token", principal.issuer, token_id), issued_until=math.inf, until=expires + MAX_LEEWAY_SECONDS)

    def deny_subject(self, subject: str, *, issuer: str) -> None:
        """Let no token in that was issued to *subject* up to now; those issued *leeway* seconds later are good again.

        Raises:
            OverflowError: The list is full.
        """
        self._add_until_now(("subject", issuer, subject))

    def deny_client(self, client_id: str, *, issuer: str) -> None:
        """Let no token in that was issued to *client_id* up to now; those issued *leeway* seconds later are good again.

        Raises:
            OverflowError: The list is full.
        """
        self._add_until_now(("client", issuer, client_id))

    def __call__(self, principal: Principal) -> bool:
        """Say whether *principal* is denied."""
        issued = principal.claims.get("iat")
        # Without a date a token may have been issued at any time.
        issued_at = issued if isinstance(issued, int | float) else 0
        return any(issued_at <= self._entries.get(entry, (-1, 0))[0] for entry in _entries_of(principal))

    def __len__(self) -> int:
        return len(self._entries)

    def _add_until_now(self, entry: _Entry) -> None:
        now = self._now()
        self._add(entry, issued_until=now + self._leeway, until=now + self._lifetime)

    def _add(self, entry: _Entry, *, issued_until: float, until: float) -> None:
        now = self._now()
        with self._lock:
            if len(self._entries) >= self._capacity:
                self._entries = {each: value for each, value in self._entries.items() if value[1] > now}
            if len(self._entries) >= self._capacity:
                raise OverflowError("the deny list is full")
            self._entries[entry] = (issued_until, until)


def _entries_of(principal: Principal) -> tuple[_Entry, ...]:
    return (
        ("subject", principal.issuer, principal.subject),
        ("client", principal.issuer, principal.client_id or ""),
        ("token", principal.issuer, str(principal.claims.get("jti"))),
    )


def _unavailable(detail: str) -> UnavailableError:
    return UnavailableError(
        "Whether the access token was revoked cannot be found out.", code="deny_list_unavailable", detail=detail
    )
