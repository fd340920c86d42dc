"""Need: what one route asks of its caller (RFC 6750 §3.1 "insufficient_scope", RFC 9470 for how they signed in).

A value: made once, used in any framework. What the token allows is looked at first, how its person signed in last:
nobody is sent to sign in again for something they may not do anyway.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from tokensmith.guard.errors import (
    DeniedError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    MissingTokenError,
)
from tokensmith.guard.principal import Principal
from tokensmith.guard.scopes import is_scope
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK

# A sign-in "in the future" by less than this is one by another clock; by more it would stay recent for ever.
_FORGIVEN_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, init=False)
class Need:
    """All of these scopes, and whatever else is named; with nothing, any good token will do.

    Args:
        scopes: Scopes of which the token must have all. Two in one string are not two: `Need("a", "b")`.
        any_of: Scopes of which it must have one.
        roles: Roles of which its person must have one (claim "roles", RFC 9068 §2.2.3.1).
        permissions: Permissions of which they must have all (claim "permissions", as Tokensmith's server puts it).
        max_age: Seconds since they signed in, at most (claim "auth_time").
        acr: The ways of signing in of which theirs must be one (claim "acr"), the preferred one first.
        where: Anything else: is told the principal and says whether it may. What it raises is the service's own.

    Raises:
        TypeError: A collection is one string.
        ValueError: A scope, role, permission or way is empty or has a space or a quote in it, or *max_age* is negative.
    """

    scopes: frozenset[str]
    any_of: frozenset[str]
    roles: frozenset[str]
    permissions: frozenset[str]
    max_age: int | None
    acr: tuple[str, ...]
    where: Callable[[Principal], bool] | None

    def __init__(
        self,
        *scopes: str,
        any_of: Collection[str] = (),
        roles: Collection[str] = (),
        permissions: Collection[str] = (),
        max_age: int | None = None,
        acr: Collection[str] = (),
        where: Callable[[Principal], bool] | None = None,
    ) -> None:
        if max_age is not None and max_age < 0:
            raise ValueError("max_age is a number of seconds, at least 0 (RFC 9470 §3)")
        put = object.__setattr__
        put(self, "scopes", frozenset(_checked(scopes)))
        put(self, "any_of", frozenset(_checked(any_of)))
        put(self, "roles", frozenset(_checked(roles)))
        put(self, "permissions", frozenset(_checked(permissions)))
        put(self, "max_age", max_age)
        put(self, "acr", tuple(_checked(acr)))
        put(self, "where", where)

    def check(self, principal: Principal | None, *, now: float | None = None) -> None:
        """Refuse a caller whose token does not reach this far.

        Args:
            now: The time, in seconds since 1970; by default the system's.

        Raises:
            InsufficientScopeError: A scope, role or permission is missing, or *where* says no.
            InsufficientAuthenticationError: The person has to sign in again, or in another way.
            MissingTokenError: There is no caller at all: *principal* is None.
        """
        if principal is None:
            raise MissingTokenError("This resource needs an access token.", code="missing_token")
        try:
            self._check_reach(principal)
            self._check_sign_in(principal, now=now)
        except DeniedError as error:
            error.scheme = "Bearer" if principal.key_thumbprint is None else "DPoP"
            raise

    def _check_reach(self, principal: Principal) -> None:
        missing = self.scopes - principal.scopes
        if missing or (self.any_of and self.any_of.isdisjoint(principal.scopes)):
            lacks = " ".join(sorted(missing)) or f"one of {' '.join(sorted(self.any_of))}"
            raise self._refusal(f"missing {lacks} for subject {principal.subject}", code="insufficient_scope")
        if self.roles and self.roles.isdisjoint(principal.roles):
            raise self._refusal(f"has none of {' '.join(sorted(self.roles))}", code="missing_role")
        if self.permissions and (lacking := self.permissions - principal.permissions):
            raise self._refusal(f"missing {' '.join(sorted(lacking))}", code="missing_permission")
        if self.where is not None and not self.where(principal):
            raise self._refusal(f"where= refused subject {principal.subject}", code="refused_caller")

    def _refusal(self, detail: str, *, code: str) -> InsufficientScopeError:
        # RFC 6750 §3: what the route asks for. Of scopes that would each do, all are named: with them one gets in.
        scopes = self.scopes | self.any_of if code == "insufficient_scope" else ()
        return InsufficientScopeError("The access token does not allow this.", scopes=scopes, code=code, detail=detail)

    def _check_sign_in(self, principal: Principal, *, now: float | None) -> None:
        if self.acr and principal.acr not in self.acr:
            message = "This asks for another way of signing in."
            raise self._step_up(message, code="authentication_context", detail=f"acr={principal.acr!r:.64}")
        if self.max_age is None:
            return
        signed_in = principal.auth_time
        age = None if signed_in is None else (SYSTEM_CLOCK.now() if now is None else now) - signed_in
        if age is None or not -_FORGIVEN_SECONDS <= age <= self.max_age:
            raise self._step_up("This asks for a more recent sign-in.", code="authentication_age", detail=f"age={age}")

    def _step_up(self, message: str, *, code: str, detail: str) -> InsufficientAuthenticationError:
        return InsufficientAuthenticationError(message, code=code, max_age=self.max_age, acr=self.acr, detail=detail)


def _checked(names: Collection[str]) -> Collection[str]:
    if isinstance(names, str):
        raise TypeError("name several in a collection, such as a set")
    for name in names:
        # All of them are told in challenges, or are written with spaces between them.
        if not is_scope(name):
            raise ValueError(f"{name!r} is not one scope, role or the like (RFC 6749 §3.3)")
    return names
