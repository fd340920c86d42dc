"""Steps at the token server: signing in, what was given, and signing out (RFC 6749 §5.1, RFC 9068 §2)."""

from cryptography.exceptions import InvalidSignature

from tokensmith.tour import by_hand, forgery
from tokensmith.tour.anatomy import dissect
from tokensmith.tour.exchange import Exchange, get, post_json
from tokensmith.tour.page import Page, Remark
from tokensmith.tour.refresh_steps import REVOCATION_BOUND_SECONDS, refreshing
from tokensmith.tour.visit import Place, Visit

_NOT_VERIFIED = (InvalidSignature, LookupError, ValueError, OSError)


def sign_in(visit: Visit, page: Page) -> None:
    """Sign in with a name and a password."""
    answer = _sign_in(visit.place, page)
    tokens = page.tokens(answer)
    if tokens is None:
        return
    kind = answer.members.get("token_type")
    page.expect("a Bearer access token: whoever carries it is let in", held=kind == "Bearer", found=kind)
    page.expect("a refresh token, to renew it with", held=bool(tokens.refresh), found="none")
    cached = answer.headers.get("cache-control", "")
    page.expect("Cache-Control: no-store: nothing on the way keeps them", held="no-store" in cached, found=cached)
    visit.keep("signed in", tokens)


def look_at_token(visit: Visit, page: Page) -> None:
    """Take the access token apart and compare what it says with what was asked for."""
    place, tokens = visit.place, visit.tokens("signed in")
    anatomy = dissect(tokens.access)
    header, claims = anatomy.header, anatomy.claims
    page.show(anatomy)
    page.show(Remark("Anybody can read this: a token is signed, not encrypted. Nobody can change it."))
    typ, iss, aud = header.get("typ"), claims.get("iss"), claims.get("aud")
    page.expect("typ is at+jwt: an access token, and nothing else can pass for one", held=typ == "at+jwt", found=typ)
    page.expect(f"iss is {place.issuer}", held=iss == place.issuer, found=iss)
    page.expect(f"aud is {place.audience}, and no other service", held=aud == place.audience, found=aud)
    issued_at, expiry = claims.get("iat"), claims.get("exp")
    life = expiry - issued_at if isinstance(expiry, int) and isinstance(issued_at, int) else None
    page.expect(f"exp is {tokens.expires_in} s after iat", held=life == tokens.expires_in, found=life)
    page.expect("status says where a revocation would be told", held="status" in claims, found="no status")


def sign_in_again(visit: Visit, page: Page) -> None:
    """Start over after the family was revoked."""
    tokens = page.tokens(_sign_in(visit.place, page))
    if tokens is not None:
        notes = page.ask(get(visit.place.notes_url, token=tokens.access))
        page.answered(notes, 200, why="the notes service takes the new access token")
        visit.keep("signed in again", tokens)


def sign_out(visit: Visit, page: Page) -> None:
    """Sign out, and see the service refuse a token that has not expired."""
    place, tokens = visit.place, visit.tokens("signed in again")
    answer = page.send(post_json(f"{place.issuer}/api/logout", {"refresh_token": tokens.refresh}))
    if not page.answered(answer, 204):
        return
    still_good = get(place.notes_url, token=tokens.access)
    page.refused_within(REVOCATION_BOUND_SECONDS, still_good, why="the unexpired access token is refused")
    renewal = page.ask(refreshing(place, tokens.refresh))
    error = renewal.members.get("error")
    page.expect("and the refresh token renews nothing any more", held=error == "invalid_grant", found=error)


def verify_by_hand(visit: Visit, page: Page) -> None:
    """Verify the first token with the published keys and the `cryptography` package alone."""
    token = visit.tokens("signed in").access
    found = _verify(visit.place, token, page)
    page.show(Remark(f"GET {visit.place.issuer}{by_hand.METADATA}, then the key set it names; see tour/by_hand.py"))
    page.expect("the signature, iss, aud, exp and typ are good", held=found == "", found=found)
    found = _verify(visit.place, forgery.one_character_changed(token), page)
    refused = found == "InvalidSignature"
    page.expect("with one character changed it is refused: InvalidSignature", held=refused, found=found)
    page.show(
        Remark("A revoked token's signature is as good as ever: only the status list tells, and a guard reads it.")
    )


def _sign_in(place: Place, page: Page) -> Exchange:
    credentials = {"username": place.user, "password": place.password, "resource": place.audience}
    return page.send(post_json(f"{place.issuer}/api/login", credentials))


def _verify(place: Place, token: str, page: Page) -> str:
    """Return nothing for a good token, else the name of what it raised."""
    try:
        by_hand.verify(token, issuer=place.issuer, audience=place.audience, now=page.now)
    except _NOT_VERIFIED as error:
        return type(error).__name__
    return ""
