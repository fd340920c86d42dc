"""Nothing that a stranger wrote steers our terminal."""

import json
from pathlib import Path

import pytest

from tests.cli.tooling import EXPECTED, done, key_file, token_of
from tokensmith.cli.printable import MAX_CHARACTERS, as_json, one_line, printable
from tokensmith.jose import Key


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ada", "ada"),
        ("Zoë 日本 😀", "Zoë 日本 😀"),
        ("\x1b[2J", "\\u001b[2J"),
        ("\x7f\x9b", "\\u007f\\u009b"),
        ("a\rb\tc\0", "a\\rb\\tc\\u0000"),
        ("\u202egnp", "\\u202egnp"),
        ("\U000e0041", "\\udb40\\udc41"),
    ],
)
def test_what_is_not_printable_is_spelled(text: str, shown: str) -> None:
    """Escape sequences, C1 controls, text that runs backwards, invisible tags."""
    assert printable(text) == shown


def test_json_stays_json() -> None:
    """Whatever it says."""
    value = {"name": '\x1b[2J\x7f\u202e\U000e0041\n"', "ü": [1]}
    text = as_json(value)

    assert json.loads(text) == value
    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_value_has_one_line_and_an_end() -> None:
    assert one_line("a\nb") == "a\\nb"
    assert one_line("x" * MAX_CHARACTERS) == "x" * MAX_CHARACTERS
    assert one_line("x" * (MAX_CHARACTERS + 1)) == "x" * MAX_CHARACTERS + f"… ({MAX_CHARACTERS + 1} characters)"


def test_a_claim_cannot_clear_the_screen(tmp_path: Path) -> None:
    """And so cannot write on it what was verified."""
    key = Key.generate("ES256")
    token = token_of(key, name="\x1b[2J\x1b[HVERIFIED")
    shown = done("jwt", "verify", "--key", key_file(tmp_path, key), *EXPECTED, text=token)

    assert "\x1b" not in shown
