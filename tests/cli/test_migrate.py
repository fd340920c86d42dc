"""`tokensmith migrate`."""

from pathlib import Path

from tests.cli.operating import operator_at
from tokensmith.cli.keys import keys
from tokensmith.cli.migrate import migrate


def test_a_new_database_is_made_ready(tmp_path: Path) -> None:
    """Tables, signing keys, the built-in client."""
    operator = operator_at(tmp_path, migrated=())

    assert operator.do(migrate) == "The database is up to date.\n"
    assert operator.do(keys, "list", "--json").count('"stage":"active"') == 2


def test_again_there_is_nothing_to_do(tmp_path: Path) -> None:
    operator = operator_at(tmp_path)
    before = operator.do(keys, "list", "--json")

    assert operator.do(migrate) == "The database is up to date.\n"
    assert operator.do(keys, "list", "--json") == before
