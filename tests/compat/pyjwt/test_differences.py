"""Each place where we differ from PyJWT, tried against both, and named in docs/from-pyjwt.md with what comes of it."""

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.guides import rows_below
from tests.compat.pyjwt.differences import MORE, STRICTER, Difference
from tests.compat.pyjwt.material import outcome


def in_short(result: object) -> str:
    """The name of an exception, or that there was none."""
    return result if isinstance(result, str) and result.isidentifier() else "accepted"


@pytest.mark.parametrize("name", STRICTER | MORE)
def test_the_difference_is_as_the_table_has_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is true of neither side would be a rumour."""
    # PyJWT asks the environment for a proxy, even for this machine.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    difference = (STRICTER | MORE)[name]

    assert in_short(outcome(difference.call, theirs)) == difference.theirs
    assert in_short(outcome(difference.call, ours)) == difference.ours


@pytest.mark.parametrize(("heading", "table"), [("Where we are stricter", STRICTER), ("Where we take more", MORE)])
def test_the_guide_names_every_difference(heading: str, table: dict[str, Difference]) -> None:
    """Row by row and in the same words: nobody learns of one in production."""
    expected = [(name, each.theirs, each.ours) for name, each in table.items()]

    assert rows_below("from-pyjwt", heading, columns=3) == expected
