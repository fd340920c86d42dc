"""What a page checks."""

import pytest

from tests.tour.stand_in import Silent, StandIn, Time, standing_in
from tokensmith.tour.exchange import Exchange, Request, get
from tokensmith.tour.page import Check, Page, Remark

REQUEST = Request(method="GET", url="https://n.example/notes")


def answer(status: int, *, challenge: str | None = None, body: str = "") -> Exchange:
    headers = {} if challenge is None else {"www-authenticate": challenge}
    return Exchange(request=REQUEST, status=status, reason="Why", headers=headers, body=body)


def new_page() -> tuple[Page, Silent]:
    shown = Silent()
    return Page(shown, pace=Time().pace()), shown


def test_a_page_without_a_check_has_not_held() -> None:
    """Nothing was shown by it."""
    page, _ = new_page()

    assert not page.held


def test_a_check_is_shown_with_what_was_found_only_if_it_did_not_hold() -> None:
    """What had to be so is said either way."""
    page, shown = new_page()
    page.expect("one", held=True, found="1")
    page.expect("two", held=False, found=3)

    assert shown.entries == [Check("one", held=True), Check("two", held=False, found="3")]
    assert not page.held


@pytest.mark.parametrize(
    ("challenge", "error", "held"),
    [
        ('Bearer error="invalid_token"', "invalid_token", True),
        ('bearer realm="n", error="invalid_token"', "invalid_token", True),
        ('Bearer error="insufficient_scope"', "invalid_token", False),
        ('Basic error="invalid_token"', "invalid_token", False),
        ("Bearer", "invalid_token", False),
        (None, "invalid_token", False),
        ("Bearer", None, True),
        ('Bearer realm="n"', None, True),
        ('Bearer error="invalid_token"', None, False),
        (None, None, False),
    ],
)
def test_a_refusal_has_the_right_challenge(challenge: str | None, error: str | None, held: bool) -> None:
    """RFC 6750 §3: a Bearer challenge; its error code says why, and is left out where nothing was presented."""
    page, _ = new_page()
    page.refused(answer(401, challenge=challenge), 401, error)

    assert page.held is held


def test_a_refusal_has_the_right_status() -> None:
    """A 403 for a bad token is as wrong as a 401 for a missing scope."""
    page, _ = new_page()
    page.refused(answer(403, challenge='Bearer error="invalid_token"'), 401, "invalid_token")

    assert not page.held


def test_an_answer_that_is_no_token_response_does_not_hold() -> None:
    """A 200 alone is not enough, and what came instead is shown without its secrets."""
    page, shown = new_page()

    assert page.tokens(answer(200, body='{"password": "s3cret"}')) is None
    assert not page.held
    assert "s3cret" not in str(shown.entries)


def test_waiting_is_shown() -> None:
    """For how long, and for what."""
    page, shown = new_page()
    page.wait(2.25, "until it is over")

    assert shown.entries == [Remark("wait 2.2 s until it is over")]


def revoked_and_asked(services: StandIn, *, bound: float) -> tuple[Page, Silent]:
    """Revoke a token of services that hear of it after two seconds, and ask until it is refused."""
    services.sign_in({"password": "right"})
    token = services.token(family=0, lifetime=900)
    services.families[0].revoked_at = services.time.now()
    shown = Silent()
    page = Page(shown, pace=services.time.pace())
    page.refused_within(bound, get(f"{services.notes}/notes", token=token), why="it is refused")
    return page, shown


@pytest.mark.parametrize(("bound", "held"), [(1.8, False), (2.1, True)])
def test_a_revocation_is_waited_for_up_to_the_bound(bound: float, held: bool) -> None:
    """Whatever was let in after the bound is too late."""
    with standing_in() as services:
        page, _ = revoked_and_asked(services, bound=bound)

    assert page.held is held


def test_how_long_a_revocation_took_is_said() -> None:
    """Asked every tenth of a second."""
    with standing_in() as services:
        _, shown = revoked_and_asked(services, bound=5)

    assert shown.entries[-1] == Check("it is refused after 2.0 s; the bound is 5 s", held=True)
