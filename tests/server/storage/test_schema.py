"""The tables as they are written down: what the conventions promise, and one thing each constraint refuses."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Integer

from tokensmith.server.storage.schema import metadata


@pytest.fixture
def raw(sqlite_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection with foreign keys and a grant to hang things on."""
    connection = sqlite3.connect(sqlite_path)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("INSERT INTO resources VALUES ('r', 'https://r', '', NULL, NULL, '{}', 0, '{}')")
    connection.execute("INSERT INTO clients VALUES ('c', 'C', '', x'', NULL, 1, 1, 1, 1, 1, 'ES256', 0, 0, '{}')")
    connection.execute("INSERT INTO grants VALUES ('g', 'c', NULL, NULL, 0, NULL, NULL, NULL, 0, NULL)")
    connection.execute("INSERT INTO grants VALUES ('h', 'c', NULL, NULL, 0, NULL, NULL, NULL, 0, NULL)")
    connection.execute("INSERT INTO status_lists VALUES (1, 1)")
    connection.execute("INSERT INTO status_entries VALUES (1, 7, 'g', 0, NULL)")
    yield connection
    connection.close()


def test_moments_are_wide_enough() -> None:
    """Milliseconds since 1970 passed 32 bits in February 1970."""
    moments = [column for table in metadata.tables.values() for column in table.c if column.name.endswith("_at_ms")]

    assert len(moments) > 10
    assert all(isinstance(column.type, BigInteger) for column in moments if column.name != "rotated_at_ms")


def test_every_constraint_and_index_has_a_name() -> None:
    """A later migration must be able to say which one it means."""
    for table in metadata.tables.values():
        assert all(index.name for index in table.indexes)
        assert all(constraint.name for constraint in table.constraints)


def test_spans_of_clients_are_whole_seconds() -> None:
    """An Integer holds 68 years of them."""
    spans = [column for column in metadata.tables["clients"].c if column.name.endswith("_seconds")]

    assert len(spans) == 5
    assert all(type(column.type) is Integer for column in spans)


@pytest.mark.parametrize(
    "statement",
    [
        # half a place
        "INSERT INTO grant_audiences VALUES ('g', 'r', '', 1, NULL, NULL)",
        # a place nobody has taken
        "INSERT INTO grant_audiences VALUES ('g', 'r', '', 1, 8, NULL)",
        # a family that rests longer than it lives
        "INSERT INTO refresh_families VALUES (x'00', 'g', 0, x'', 'k', '', 2, 1, NULL, NULL, NULL)",
        # an index taken twice
        "INSERT INTO status_entries VALUES (1, 7, 'h', 0, NULL)",
        # a grant of nobody's client
        "INSERT INTO grants VALUES ('x', 'none', NULL, NULL, 0, NULL, NULL, NULL, 0, NULL)",
    ],
)
def test_what_must_not_be_cannot_be_stored(raw: sqlite3.Connection, statement: str) -> None:
    """The last line behind the code above it."""
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


def test_two_grants_never_point_at_one_bit(raw: sqlite3.Connection) -> None:
    """Ending one would end the other."""
    raw.execute("INSERT INTO grant_audiences VALUES ('g', 'r', '', 1, 7, NULL)")

    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("INSERT INTO grant_audiences VALUES ('h', 'r', '', 1, 7, NULL)")


def test_a_place_in_use_cannot_be_freed(raw: sqlite3.Connection) -> None:
    """Whatever a sweep believes."""
    raw.execute("INSERT INTO grant_audiences VALUES ('g', 'r', '', 1, 7, NULL)")

    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("DELETE FROM status_entries")


def test_numbers_of_events_are_never_given_twice(raw: sqlite3.Connection) -> None:
    """Whoever deletes the newest rows leaves a gap."""
    insert = "INSERT INTO audit (at_ms, name, details) VALUES (0, 'x', '{}') RETURNING number"
    first = raw.execute(insert).fetchall()[0][0]
    raw.execute("DELETE FROM audit")

    assert raw.execute(insert).fetchall()[0][0] == first + 1
