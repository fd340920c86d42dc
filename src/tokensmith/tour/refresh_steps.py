"""Steps with the refresh token: renewing, a repeated request, and a thief (RFC 6749 §6, RFC 9700 §4.14.2)."""

from typing import Final

from tokensmith.tour.exchange import Request, get, post_form
from tokensmith.tour.page import Page
from tokensmith.tour.visit import FIRST_PARTY, Place, Visit

# The stated bound within which a service hears of a revocation, while the issuer answers.
REVOCATION_BOUND_SECONDS: Final = 5.0
# The reuse window is counted by the server's database: our wait ends a little behind it.
MARGIN_SECONDS: Final = 0.3


def refresh(visit: Visit, page: Page) -> None:
    """Change the refresh token for a new pair."""
    old = visit.tokens("signed in")
    tokens = page.tokens(page.send(refreshing(visit.place, old.refresh)))
    if tokens is None:
        return
    page.expect("a new refresh token in place of the old one", held=tokens.refresh not in {"", old.refresh})
    notes = page.ask(get(visit.place.notes_url, token=tokens.access))
    page.answered(notes, 200, why="the notes service takes the new access token")
    visit.keep("refreshed", tokens)


def repeat_refresh(visit: Visit, page: Page) -> None:
    """Send the old refresh token again at once, as a second browser tab would, or a client whose answer was lost."""
    current = visit.tokens("refreshed")
    tokens = page.tokens(page.send(refreshing(visit.place, visit.tokens("signed in").refresh)))
    if tokens is None:
        return
    same = tokens.refresh == current.refresh
    page.expect("the same successor as before: one family, one living refresh token", held=same, found="another")
    visit.keep("repeated", tokens)
    notes = page.ask(get(visit.place.notes_url, token=current.access))
    page.answered(notes, 200, why="nobody was signed out; the access token from before still opens the notes")


def stolen_refresh(visit: Visit, page: Page) -> None:
    """Go on with the successor, and then have a thief turn up with the oldest refresh token."""
    place = visit.place
    oldest = visit.tokens("signed in").refresh
    newest = page.tokens(page.send(refreshing(place, visit.tokens("refreshed").refresh)))
    if newest is None:
        return
    still_good = get(place.notes_url, token=newest.access)
    page.answered(page.ask(still_good), 200, why="the notes service takes the newest access token")
    page.wait(place.reuse_window + MARGIN_SECONDS, f"until the {place.reuse_window:g} s for racing requests are over")
    _refused_grant(page, refreshing(place, oldest), why="two generations old: somebody else has had this token")
    _refused_grant(page, refreshing(place, newest.refresh), why="the newest one too: the whole family has ended")
    page.refused_within(REVOCATION_BOUND_SECONDS, still_good, why="the newest access token is refused")
    earlier = visit.kept("signed in", "refreshed", "repeated")
    statuses = [page.ask(get(place.notes_url, token=tokens.access)).status for tokens in earlier]
    page.expect(f"so are the {len(statuses)} access tokens before it", held=set(statuses) == {401}, found=statuses)


def refreshing(place: Place, token: str) -> Request:
    """Make a refresh request of the built-in public client."""
    form = {"grant_type": "refresh_token", "client_id": FIRST_PARTY, "refresh_token": token}
    return post_form(place.token_url, form)


def _refused_grant(page: Page, request: Request, *, why: str) -> None:
    answer = page.send(request)
    page.answered(answer, 400, why=why)
    error = answer.members.get("error")
    page.expect('error is "invalid_grant": only a new sign-in helps', held=error == "invalid_grant", found=error)
