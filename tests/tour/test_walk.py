"""Walking: what counts as held, and that nothing that goes wrong ends the walk."""

import pytest

from tests.tour.stand_in import Silent, standing_in
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.tour.exchange import get
from tokensmith.tour.page import Page
from tokensmith.tour.steps import Step
from tokensmith.tour.visit import NotReachedError, Visit
from tokensmith.tour.walk import Result, all_held, walk


def holds(_: Visit, page: Page) -> None:
    page.expect("two", held=True)


def fails(_: Visit, page: Page) -> None:
    page.expect("one", held=False)
    page.expect("two", held=True)


def checks_nothing(_: Visit, __: Page) -> None: ...


def needs_more(_: Visit, page: Page) -> None:
    page.expect("one", held=True)
    raise NotReachedError("a token")


def meets_nobody(_: Visit, page: Page) -> None:
    page.expect("one", held=True)
    page.send(get("http://127.0.0.1:1/notes"))


def meets_nonsense(_: Visit, __: Page) -> None:
    raise MalformedTokenError("A token has three parts.")


def walked(*takes: object) -> tuple[Result, ...]:
    with standing_in() as services:
        steps = [Step(take.__name__, "About.", take) for take in takes]  # type: ignore[attr-defined, arg-type]
        return walk(steps, Visit(services.place()), guide=Silent())


@pytest.mark.parametrize(
    ("take", "outcome"),
    [
        (holds, "held"),
        (fails, "failed"),
        (checks_nothing, "failed"),
        (needs_more, "not run"),
        (meets_nobody, "failed"),
        (meets_nonsense, "failed"),
    ],
)
def test_a_step_held_if_something_was_checked_and_all_of_it_held(take: object, outcome: str) -> None:
    """Whatever breaks off is not held, even if all was well until then."""
    assert [result.outcome for result in walked(take)] == [outcome]


def test_a_step_that_breaks_off_says_why() -> None:
    """With the words of whoever gave up."""
    reasons = [result.reason for result in walked(needs_more, meets_nobody, meets_nonsense)]

    assert reasons[0] == "needs a token"
    assert reasons[1].startswith("no answer from 127.0.0.1:1: ")
    assert reasons[2] == "A token has three parts."


def test_no_step_hides_a_later_one() -> None:
    """They are numbered from one, and all are there."""
    results = walked(meets_nobody, fails, holds)

    assert [(result.number, result.outcome) for result in results] == [(1, "failed"), (2, "failed"), (3, "held")]


def test_a_tour_held_if_every_step_did() -> None:
    """One that was not run has shown nothing; neither has a tour without steps."""
    assert all_held(walked(holds, holds))
    assert not all_held(walked(holds, needs_more))
    assert not all_held(walked(holds, fails))
    assert not all_held(())
