"""Need: what one route asks of its caller (RFC 6750 §3.1, "insufficient_scope")."""

from dataclasses import dataclass

from tokensmith.guard.errors import InsufficientScopeError, MissingTokenError
from tokensmith.guard.principal import Principal
from tokensmith.guard.scopes import is_scope


@dataclass(frozen=True, slots=True, init=False)
class Need:
    """All of these scopes; with none, any good token will do.

    Raises:
        ValueError: One of them is no scope. Two in one string are not two: `Need("a", "b")`, never `Need("a b")`.
    """

    scopes: frozenset[str]

    def __init__(self, *scopes: str) -> None:
        for scope in scopes:
            if not is_scope(scope):
                raise ValueError(f"{scope!r} is not one scope (RFC 6749 §3.3)")
        object.__setattr__(self, "scopes", frozenset(scopes))

    def check(self, principal: Principal | None) -> None:
        """Refuse a caller whose token does not reach this far.

        Raises:
            InsufficientScopeError: A scope is missing.
            MissingTokenError: There is no caller at all: *principal* is None.
        """
        if principal is None:
            raise MissingTokenError("This resource needs an access token.", code="missing_token")
        missing = self.scopes - principal.scopes
        if missing:
            error = InsufficientScopeError(
                "The access token does not allow this.",
                scopes=self.scopes,
                detail=f"missing {' '.join(sorted(missing))} for subject {principal.subject}",
            )
            error.scheme = "Bearer" if principal.key_thumbprint is None else "DPoP"
            raise error
