"""What a visit keeps."""

import pytest

from tokensmith.tour.exchange import Exchange, Request
from tokensmith.tour.visit import NotReachedError, Place, Tokens, Visit

PLACE = Place(issuer="https://id.example", notes="https://n.example", audience="urn:n", user="ada", password="s3cret")
TOKENS = Tokens(access="a", refresh="r", expires_in=9)


def answer(body: str) -> Exchange:
    return Exchange(request=Request(method="POST", url="https://id.example/token"), status=200, body=body)


def test_tokens_are_kept_by_their_moment() -> None:
    """And asked for by it."""
    visit = Visit(PLACE)
    visit.keep("refreshed", TOKENS)

    assert visit.tokens("refreshed") == TOKENS
    assert visit.kept("signed in", "refreshed") == (TOKENS,)


def test_a_moment_that_never_came_is_named() -> None:
    """The step that needs it is not run, and says what it lacks."""
    with pytest.raises(NotReachedError, match="the tokens of “signed in”"):
        Visit(PLACE).tokens("signed in")


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ('{"access_token": "a", "expires_in": 9, "refresh_token": "r"}', TOKENS),
        ('{"access_token": "a", "expires_in": 9}', Tokens(access="a", refresh="", expires_in=9)),
        ('{"access_token": "a", "expires_in": 9, "refresh_token": 7}', Tokens(access="a", refresh="", expires_in=9)),
        ('{"access_token": 1, "expires_in": 9}', None),
        ('{"access_token": "a"}', None),
        ("[]", None),
        ("<html>", None),
    ],
)
def test_a_token_response_is_read_or_is_none(body: str, tokens: Tokens | None) -> None:
    """RFC 6749 §5.1."""
    assert Tokens.read(answer(body)) == tokens


def test_neither_passwords_nor_tokens_show_in_a_traceback() -> None:
    """repr() leaves them out."""
    assert "s3cret" not in repr(PLACE)
    assert "access=" not in repr(TOKENS)
