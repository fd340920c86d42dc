"""The changes that tests are tried with (docs/mutation.md): one at a time, and only to what a program reads."""

import pytest

from tools.mutants import mutants_of


def changed(source: str) -> set[str]:
    return {mutant.text for mutant in mutants_of(source)}


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("if a:\n    b()", {"if False:\n    b()"}),
        ("x = a < b <= c", {"x = a <= b <= c", "x = a < b < c"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = not not a"}),
        ("def f():\n    return x", {"def f():\n    return None"}),
        ("x = 7", {"x = 8"}),
        ("x = 'alg'", {"x = 'algX'"}),
        ("x = a - b", {"x = a + b"}),
    ],
)
def test_one_small_thing_is_changed_at_a_time(source: str, mutants: set[str]) -> None:
    assert changed(source) == mutants


@pytest.mark.parametrize(
    "source",
    [
        '"""A text."""',
        "def f(x: Literal['a']) -> 'int':\n    pass",
        "import a",
        "__slots__ = ('a',)",
        "raise Refused('Words for people.', detail='x')",
        "def f():\n    return None",
        "x = f'{a}'",
    ],
)
def test_what_no_program_reads_is_left_alone(source: str) -> None:
    assert changed(source) == set()
