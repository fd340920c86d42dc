"""The list itself."""

from tokensmith.tour.steps import STEPS


def test_steps_are_told_apart_by_their_titles() -> None:
    """The summary names a step by nothing else."""
    assert len({step.title for step in STEPS}) == len(STEPS) == 15


def test_every_step_says_what_it_shows_in_one_sentence() -> None:
    """Long enough to say something, short enough for two lines."""
    assert [step.title for step in STEPS if not (20 < len(step.about) < 130 and step.about.endswith("."))] == []
