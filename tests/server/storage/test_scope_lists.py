"""Scopes as text and back."""

import pytest

from tokensmith.server.storage.scope_lists import by_resource, joined, pairs, split


@pytest.mark.parametrize("scopes", [frozenset[str](), frozenset({"a"}), frozenset({"notes:read", "openid", "a/b!~"})])
def test_what_is_joined_is_split_again(scopes: frozenset[str]) -> None:
    """RFC 6749 §3.3: no scope holds a space."""
    assert split(joined(scopes)) == scopes


def test_one_set_has_one_text() -> None:
    """Whatever the order in which a set gives its members."""
    assert joined(frozenset({"b", "a", "c"})) == "a b c"


@pytest.mark.parametrize(
    ("text", "expected"), [(None, {}), ("", {}), ("r a", {"r": {"a"}}), ("r a s b r c", {"r": {"a", "c"}, "s": {"b"}})]
)
def test_pairs_are_collected_by_resource(text: str | None, expected: dict[str, set[str]]) -> None:
    """As the database puts many rows into one value."""
    assert by_resource(pairs(text)) == expected


def test_half_a_pair_is_no_scope() -> None:
    """A value cut short is an error, not one permission less."""
    with pytest.raises(ValueError, match="shorter"):
        by_resource(pairs("r a s"))
