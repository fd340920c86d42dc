"""What a token may say: asked for, and had (RFC 6749 §3.3, §6; RFC 8707 §2.2)."""

import pytest

from tests.server.domain.standings import MAIL, NOTES, audience, standing
from tokensmith.server.domain.errors import InvalidScopeError, InvalidTargetError
from tokensmith.server.domain.scopes import asked_scopes, audience_of, effective_scopes, narrowed


def test_nothing_asked_is_not_the_same_as_asking_for_nothing() -> None:
    assert asked_scopes(None) is None
    assert asked_scopes("") == frozenset()


@pytest.mark.parametrize("scope", ["a  b", " a", "a\tb", 'a"', "a\\", "\u00e4"])
def test_the_grammar_is_that_of_the_rfc(scope: str) -> None:
    """RFC 6749 §3.3."""
    with pytest.raises(InvalidScopeError) as caught:
        asked_scopes(scope)

    assert caught.value.code == "scope_malformed"


def test_without_asking_everything_that_may_be_had_is_given() -> None:
    assert narrowed(None, allowed=frozenset({"read"})) == {"read"}


def test_asking_narrows_and_never_widens() -> None:
    assert narrowed(frozenset({"read", "write"}), allowed=frozenset({"read"})) == {"read"}


@pytest.mark.parametrize(
    ("asked", "allowed"), [(frozenset(), {"read"}), (frozenset({"write"}), {"read"}), (None, frozenset())]
)
def test_a_token_for_nothing_is_not_given(asked: frozenset[str] | None, allowed: set[str]) -> None:
    with pytest.raises(InvalidScopeError) as caught:
        narrowed(asked, allowed=frozenset(allowed))

    assert caught.value.code == "scope_empty"


@pytest.mark.parametrize(
    ("user", "client", "expected"),
    [("read write", "read write", "read write"), ("read", "read write", "read"), ("read write", "write", "write")],
)
def test_a_token_carries_what_grant_person_and_client_all_have(user: str, client: str, expected: str) -> None:
    found = effective_scopes(standing(user_scopes=user, client_scopes=client), audience(), scope=None)

    assert found == frozenset(expected.split())


def test_a_client_for_itself_needs_no_person() -> None:
    assert effective_scopes(standing(user_scopes=None), audience(), scope="read") == {"read"}


def test_what_was_not_granted_cannot_be_asked_for_later() -> None:
    """RFC 6749 §6, though person and client may have come to have it."""
    with pytest.raises(InvalidScopeError) as caught:
        effective_scopes(standing(), audience(scopes="read"), scope="read write")

    assert caught.value.code == "scope_wider"


def test_a_person_without_anything_at_the_resource_gets_nothing() -> None:
    with pytest.raises(InvalidScopeError):
        effective_scopes(standing(user_scopes=""), audience(), scope=None)
    with pytest.raises(InvalidScopeError):
        effective_scopes(standing(), audience(MAIL), scope=None)


def test_the_only_audience_of_a_grant_need_not_be_named() -> None:
    assert audience_of(standing(), resource=None).resource.id == NOTES
    assert audience_of(standing(), resource="https://notes.example").resource.id == NOTES


def test_one_of_several_must_be_named() -> None:
    """An access token has one audience (RFC 9068 §5)."""
    both = standing(audience(), audience(MAIL))

    assert audience_of(both, resource="https://mail.example").resource.id == MAIL
    with pytest.raises(InvalidTargetError):
        audience_of(both, resource=None)


@pytest.mark.parametrize("resource", ["https://mail.example", "https://notes.example/", "HTTPS://notes.example", ""])
def test_an_audience_is_compared_exactly(resource: str) -> None:
    """RFC 8707 §2."""
    with pytest.raises(InvalidTargetError) as caught:
        audience_of(standing(), resource=resource)

    assert caught.value.code == "invalid_target"
