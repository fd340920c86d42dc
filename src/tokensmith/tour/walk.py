"""Walk the steps: each is taken whatever became of those before it, and only what was checked and held counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tokensmith.jose import JoseError
from tokensmith.tour.exchange import NoAnswerError
from tokensmith.tour.page import Display, Pace, Page
from tokensmith.tour.steps import Step
from tokensmith.tour.visit import NotReachedError, Visit

Outcome = Literal["held", "failed", "not run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a step; *reason* says why it was not run or broke off."""

    number: int
    title: str
    outcome: Outcome
    reason: str = ""


class Guide(Display, Protocol):
    """A display that also knows of steps."""

    def begin(self, number: int, step: Step) -> None:
        """Announce a step."""

    def end(self, result: Result) -> None:
        """Say what became of it."""


def walk(steps: Sequence[Step], visit: Visit, *, guide: Guide, pace: Pace | None = None) -> tuple[Result, ...]:
    """Take every step in order and return what became of each."""
    results = []
    for number, step in enumerate(steps, start=1):
        guide.begin(number, step)
        result = _take(number, step, visit, Page(guide, pace=pace or Pace()))
        guide.end(result)
        results.append(result)
    return tuple(results)


def all_held(results: Sequence[Result]) -> bool:
    """Tell whether every step was run and held; a step that was left out has shown nothing."""
    return bool(results) and all(result.outcome == "held" for result in results)


def _take(number: int, step: Step, visit: Visit, page: Page) -> Result:
    try:
        step.take(visit, page)
    except NotReachedError as missing:
        return Result(number=number, title=step.title, outcome="not run", reason=f"needs {missing}")
    except (NoAnswerError, JoseError) as error:
        return Result(number=number, title=step.title, outcome="failed", reason=str(error))
    return Result(number=number, title=step.title, outcome="held" if page.held else "failed")
