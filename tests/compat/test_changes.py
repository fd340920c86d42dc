"""What the guides say of the other library and of us is what happens."""

from collections.abc import Mapping

import pytest

from tests.compat.changes import FROM_JOSERFC, FROM_JWCRYPTO, FROM_PYTHON_JOSE, Change, outcome
from tests.compat.guides import rows_below

TABLES: Mapping[str, Mapping[str, Change]] = {
    "from-joserfc": FROM_JOSERFC,
    "from-python-jose": FROM_PYTHON_JOSE,
    "from-jwcrypto": FROM_JWCRYPTO,
}
ROWS = [(guide, name) for guide, table in TABLES.items() for name in table]


@pytest.mark.parametrize(("guide", "name"), ROWS)
def test_we_do_what_the_guide_says(guide: str, name: str) -> None:
    """By the code of the refusal."""
    change = TABLES[guide][name]

    assert outcome(change.call) == change.ours


@pytest.mark.parametrize(("guide", "name"), [row for row in ROWS if row[0] != "from-python-jose"])
def test_the_other_library_does_what_the_guide_says(guide: str, name: str) -> None:
    """So that a row goes when the library changes."""
    change = TABLES[guide][name]
    assert change.their_call is not None

    assert outcome(change.their_call) == change.theirs


@pytest.mark.parametrize("guide", TABLES)
def test_the_guide_has_every_change(guide: str) -> None:
    """Row by row and in the same words."""
    expected = [(name, change.theirs, change.ours) for name, change in TABLES[guide].items()]

    assert rows_below(guide, "What changes", columns=3) == expected
