"""The grammar of scopes."""

import pytest

from tokensmith.guard.scopes import is_scope, parse_scopes


@pytest.mark.parametrize(
    "scope", ["a", "notes:read", "https://x.test/y?z", "!#[]~", "urn:example:channel=HBO&x=G,PG-13"]
)
def test_a_scope_is_printable_ascii(scope: str) -> None:
    """RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E."""
    assert is_scope(scope)


@pytest.mark.parametrize("scope", ["", "a b", 'a"b', "a\\b", "ä", "a\n", "a\x7f", "\ta"])
def test_anything_else_is_none(scope: str) -> None:
    """RFC 6749 §3.3."""
    assert not is_scope(scope)


def test_scopes_are_parted_by_single_spaces() -> None:
    """The order means nothing, and twice is once."""
    assert parse_scopes("b a b") == {"a", "b"}
    assert parse_scopes("") == frozenset()


@pytest.mark.parametrize("text", [" ", "a  b", " a", "a ", "a\tb", 'a "b"'])
def test_other_spacing_is_refused(text: str) -> None:
    """Readers would differ over what it means."""
    with pytest.raises(ValueError, match="single spaces"):
        parse_scopes(text)
