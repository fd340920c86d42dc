"""The commands to try, run as they are printed: tests/e2e does that against real services; here they are read."""

import json
import shlex
from pathlib import Path

from tokensmith.tour.demo_data import Demo
from tokensmith.tour.next_steps import next_steps

DEMO = Demo(people={"ada": "pa", "grace": "it's"}, clients={}, audience="http://n", issuer="http://id")


def commands() -> list[str]:
    text = next_steps(DEMO, notes="http://n", folder=Path(".run"))
    return [line for line in text.splitlines() if "curl" in line]


def test_a_password_survives_the_shell() -> None:
    """Whatever characters it has."""
    sign_in = commands()[0]
    words = shlex.split(sign_in.removeprefix("TOKEN=$(").removesuffix(")"))

    assert json.loads(words[words.index("-d") + 1]) == {"username": "grace", "password": "it's"}


def test_commands_begin_their_lines_and_stand_alone() -> None:
    """So that a line can be selected whole, and three pasted at once."""
    assert [line.split(" ")[0] for line in commands()] == ["TOKEN=$(curl", "curl", "curl"]


def test_everybody_who_can_sign_in_is_named() -> None:
    """With the password of this run, and where everything is."""
    text = next_steps(DEMO, notes="http://n", folder=Path(".run"))

    assert "ada     pa\n" in text
    assert "grace   it's\n" in text
    assert "http://n/docs" in text
    assert ".run/" in text
