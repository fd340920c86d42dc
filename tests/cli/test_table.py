"""Lists for people and for programs."""

import pytest

from tokensmith.cli.table import show_table


def test_programs_get_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("a", "b"), [("1", "2"), ("3", "ü")], as_json=True)

    assert capsys.readouterr().out == '{"a":"1","b":"2"}\n{"a":"3","b":"ü"}\n'


def test_nothing_in_a_cell_is_taken_for_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A client may be called anything."""
    show_table(("a",), [("[red]x[/red]",)], as_json=False)

    assert "[red]x[/red]" in capsys.readouterr().out
