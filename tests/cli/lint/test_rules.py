"""The list of weaknesses, and the page that says the same."""

import re

import pytest

from tests.architecture.tree import TOP
from tests.cli.lint.test_of_key import EXAMPLES as KEYS
from tests.cli.lint.test_of_token import EXAMPLES as TOKENS
from tokensmith.cli.lint.rules import RULES, finding, in_order

PAGE = TOP / "docs" / "lint.md"
ROW = re.compile(r"^\| (?P<id>[LK]\d\d) \| (?P<severity>\w+) \| (?P<title>.+?) \| (?P<fix>.+?) \| (?P<clause>.+?) \|$")


def rows() -> list[dict[str, str]]:
    return [match.groupdict() for line in PAGE.read_text().splitlines() if (match := ROW.match(line))]


def test_the_page_says_what_the_table_says() -> None:
    """Row for row, in the same order and words."""
    table = [
        {"id": rule.id, "severity": rule.severity, "title": rule.title, "fix": rule.fix, "clause": rule.clause}
        for rule in RULES.values()
    ]

    assert rows() == table


def test_numbers_have_no_gap() -> None:
    """A number that is given up stays taken."""
    numbers = {letter: [int(id_[1:]) for id_ in RULES if id_[0] == letter] for letter in "LK"}

    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_every_rule_has_an_example_that_it_finds() -> None:
    """A rule nobody has seen at work may not work."""
    assert {*TOKENS, *KEYS} == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_told_in_short_whole_sentences(rule: object) -> None:
    """With its clause; on one line of a terminal where one looks for it."""
    title, fix, clause = (getattr(rule, name) for name in ("title", "fix", "clause"))

    assert title.endswith(".")
    assert len(title) + len(clause) + len("serious  L00    ") <= 80
    assert re.search(r"RFC \d{4} §\d", clause)
    assert fix[0].isupper() or fix[0] == '"'


def test_what_is_serious_comes_first() -> None:
    """And then the lower number."""
    mixed = [finding(id_, "") for id_ in ("L07", "L05", "K01", "L02", "L01")]

    assert [each.rule.id for each in in_order(mixed)] == ["K01", "L01", "L05", "L02", "L07"]
