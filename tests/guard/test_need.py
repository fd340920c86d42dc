"""What a route asks for."""

import dataclasses

import pytest

from tokensmith.guard import InsufficientScopeError, MissingTokenError, Need, Principal


def principal(*scopes: str) -> Principal:
    return Principal(
        subject="ada", client_id="web", issuer="https://id.test", scopes=frozenset(scopes), claims={"secret": "x"}
    )


@pytest.mark.parametrize("held", [("a", "b"), ("a", "b", "c")])
def test_all_scopes_or_more_suffice(held: tuple[str, ...]) -> None:
    Need("a", "b").check(principal(*held))


@pytest.mark.parametrize("held", [(), ("a",), ("b",), ("A", "B"), ("ab",)])
def test_one_scope_short_is_refused_with_all_that_is_asked(held: tuple[str, ...]) -> None:
    """RFC 6750 §3.1: the "scope" attribute names what is necessary, not what is missing."""
    with pytest.raises(InsufficientScopeError) as caught:
        Need("a", "b").check(principal(*held))

    assert (caught.value.scopes, caught.value.status, caught.value.code) == ({"a", "b"}, 403, "insufficient_scope")


@pytest.mark.parametrize(("thumbprint", "scheme"), [(None, "Bearer"), ("t", "DPoP")])
def test_the_refusal_is_told_in_the_scheme_that_was_used(thumbprint: str | None, scheme: str) -> None:
    """RFC 9449 §7.2."""
    with pytest.raises(InsufficientScopeError) as caught:
        Need("a").check(dataclasses.replace(principal(), key_thumbprint=thumbprint))

    assert caught.value.scheme == scheme


def test_no_scope_means_any_good_token() -> None:
    Need().check(principal())


def test_nobody_is_not_enough_even_then() -> None:
    with pytest.raises(MissingTokenError) as caught:
        Need().check(None)

    assert caught.value.code == "missing_token"


@pytest.mark.parametrize("scope", ["a b", "", 'a"'])
def test_two_scopes_in_one_string_are_a_mistake_of_the_programmer(scope: str) -> None:
    """It would be a scope that no token ever has; found at import, not at the first request."""
    with pytest.raises(ValueError, match="not one scope"):
        Need(scope)


def test_a_need_cannot_be_changed() -> None:
    """It is made once, at import, and every request is measured by it."""
    need = Need("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        need.scopes = frozenset()  # type: ignore[misc]


def test_needs_are_values() -> None:
    assert Need("a", "b") == Need("b", "a")
    assert hash(Need("a")) == hash(Need("a"))
