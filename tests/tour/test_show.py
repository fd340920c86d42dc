"""What a person sees, with and without colours, wide and narrow."""

import io

import pytest
from rich.console import Console

from tests.tour.stand_in import standing_in
from tokensmith.tour.show import MAX_WIDTH, Screen
from tokensmith.tour.steps import STEPS
from tokensmith.tour.visit import Visit
from tokensmith.tour.walk import walk


def shown(*flaws: str, width: int = 80, terminal: bool = False, no_color: bool | None = None) -> str:
    """Walk the tour and return what was printed."""
    output = io.StringIO()
    console = Console(file=output, width=width, force_terminal=terminal, no_color=no_color, highlight=False)
    screen = Screen(console)
    with standing_in(*flaws) as services:
        results = walk(STEPS, Visit(services.place()), guide=screen, pace=services.time.pace())
    screen.summary(results, seconds=1.25)
    return output.getvalue()


@pytest.mark.parametrize(("width", "longest"), [(40, 40), (80, 80), (120, MAX_WIDTH)])
def test_no_line_is_wider_than_the_terminal_or_ends_in_a_space(width: int, longest: int) -> None:
    """Up to a width beyond which lines are hard to read."""
    lines = shown(width=width).splitlines()

    assert max(map(len, lines)) == longest
    assert [line for line in lines if line != line.rstrip()] == []


def test_every_request_and_its_answer_are_there() -> None:
    """Method, URL and status; what was checked, and the count of what held."""
    text = shown()

    assert text.count("→ ") == text.count("← ") == 19
    assert "← 403 Forbidden" in text
    assert 'WWW-Authenticate: Bearer error="insufficient_scope", scope="notes:write"' in text
    assert "✗" not in text
    assert "15 of 15 steps held, in 1.2 s." in text


def test_the_token_is_shown_with_every_claim_in_words() -> None:
    """Named, and with its value."""
    text = shown()

    assert "scope   what it allows         notes:read" in text
    assert "08:15:00 UTC" in text
    assert "64 bytes of signature" in text


def test_no_secret_is_shown() -> None:
    """Neither the password nor a whole token: no run of characters is as long as a secret."""
    text = shown(width=200)

    assert '"password": "•••"' in text
    assert "Basic base64(demo-short:•••)" in text
    assert [word for word in text.split() if "eyJ" in word and len(word) > 60] == []


def test_what_did_not_hold_says_what_was_found() -> None:
    """Beside what had to be so, and again in the summary."""
    text = shown("no 403")

    assert "✗ 403 Forbidden: the token is good and does not reach this far  (found:" in text
    assert "✗  4  Write a note without the scope: failed" in text
    assert "14 of 15 steps held" in text


def test_what_was_not_run_says_what_it_needs() -> None:
    """So that nobody takes it for shown."""
    text = shown("no sign-in")

    assert "– not run: needs the tokens of “signed in”" in text
    assert "–  3  Read the notes: not run" in text


def test_colours_are_only_for_terminals_that_want_them() -> None:
    """A pipe gets none at all, NO_COLOR none but bold and dim."""
    assert "\x1b[91m" in shown(terminal=True, no_color=False)
    assert "\x1b[91m" not in shown(terminal=True, no_color=True)
    assert "\x1b" not in shown()


@pytest.mark.parametrize("terminal", [True, False])
def test_waiting_leaves_a_line(terminal: bool) -> None:
    """On a terminal it moves while it lasts; either way one can read later what was waited for."""
    text = shown(terminal=terminal, no_color=True)

    assert "… wait 2.2 s until the token has expired" in text
    assert "… ask every 0.1 s until the unexpired access token is refused" in text
