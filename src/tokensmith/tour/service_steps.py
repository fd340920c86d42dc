"""Steps at the notes service: what it lets in, and each kind of token it must turn away (RFC 6750 §3, RFC 8725 §2)."""

from typing import Final

from tokensmith.tour import forgery
from tokensmith.tour.exchange import get, post_form, post_json
from tokensmith.tour.page import Page
from tokensmith.tour.visit import NotReachedError, Visit

# The longest life of a token that is waited out. The demo's client has 2 seconds.
LONGEST_WAIT_SECONDS: Final = 60
# A token is good up to its last moment: the wait ends a little behind it.
MARGIN_SECONDS: Final = 0.2


def read_notes(visit: Visit, page: Page) -> None:
    """Read with a token that has the scope."""
    answer = page.send(get(visit.place.notes_url, token=visit.tokens("signed in").access))
    page.answered(answer, 200, why="the token is good and has notes:read")


def write_without_scope(visit: Visit, page: Page) -> None:
    """Write with a token that has not the scope."""
    request = post_json(visit.place.notes_url, {"text": "hello"}, token=visit.tokens("signed in").access)
    answer = page.send(request)
    page.refused(answer, 403, "insufficient_scope", why="the token is good and does not reach this far")
    asked = (answer.challenge or {}).get("scope")
    page.expect('the challenge names the missing scope: scope="notes:write"', held=asked == "notes:write", found=asked)


def without_token(visit: Visit, page: Page) -> None:
    """Read without any token."""
    page.refused(page.send(get(visit.place.notes_url)), 401, None)


def changed_token(visit: Visit, page: Page) -> None:
    """Read with a token of which one character is another."""
    forged = forgery.one_character_changed(visit.tokens("signed in").access)
    _refused_token(visit, page, forged, why="the signature does not fit")


def stranger_token(visit: Visit, page: Page) -> None:
    """Read with the same claims under the signature of somebody else."""
    forged = forgery.signed_by_a_stranger(visit.tokens("signed in").access)
    _refused_token(visit, page, forged, why="the signature is sound, and not the issuer's")


def unsigned_token(visit: Visit, page: Page) -> None:
    """Read with the same claims and a header that asks for no signature."""
    forged = forgery.unsigned(visit.tokens("signed in").access)
    _refused_token(visit, page, forged, why="a token does not choose how it is verified")


def expired_token(visit: Visit, page: Page) -> None:
    """Get a token that lives for seconds, use it, wait, and use it again."""
    place = visit.place
    if place.short_client is None:
        raise NotReachedError("a client whose tokens live for seconds (--client)")
    form = {"grant_type": "client_credentials", "resource": place.audience}
    tokens = page.tokens(page.send(post_form(place.token_url, form, client=place.short_client)))
    if tokens is None:
        return
    if tokens.expires_in > LONGEST_WAIT_SECONDS:
        raise NotReachedError(f"a token that expires within a minute; this one has {tokens.expires_in} s")
    before = page.send(get(place.notes_url, token=tokens.access))
    page.answered(before, 200, why=f"good for {tokens.expires_in} s")
    page.wait(tokens.expires_in + MARGIN_SECONDS, "until the token has expired")
    _refused_token(visit, page, tokens.access, why="the very same token, and its time is over")


def _refused_token(visit: Visit, page: Page, token: str, *, why: str) -> None:
    page.refused(page.send(get(visit.place.notes_url, token=token)), 401, "invalid_token", why=why)
