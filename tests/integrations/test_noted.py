"""The caller, noted in a scope or an environ."""

import pytest

from tokensmith.guard import InsufficientScopeError, MissingTokenError, Principal
from tokensmith.integrations.noted import note, principal_of, verify

ADA = Principal(subject="ada", client_id=None, issuer="https://id.test", scopes=frozenset({"notes:read"}), claims={})


def noted(principal: Principal | None) -> dict[str, object]:
    request: dict[str, object] = {"HTTP_TOKENSMITH.PRINCIPAL": "eve"}
    note(request, principal)
    return request


def test_who_was_noted_is_who_is_calling() -> None:
    assert principal_of(noted(ADA)) is ADA
    assert verify(noted(ADA), "notes:read") is ADA
    assert principal_of(noted(None)) is None


def test_what_is_wanted_is_asked_of_them() -> None:
    with pytest.raises(InsufficientScopeError):
        verify(noted(ADA), "notes:write")
    with pytest.raises(MissingTokenError):
        verify(noted(None))


@pytest.mark.parametrize("ask", [principal_of, verify])
def test_where_nobody_looked_nobody_is_known(ask: object) -> None:
    """A mistake, and no pass; what a client sends is no note."""
    with pytest.raises(RuntimeError, match="AuthMiddleware"):
        ask({"HTTP_TOKENSMITH.PRINCIPAL": "ada"})  # type: ignore[operator]
