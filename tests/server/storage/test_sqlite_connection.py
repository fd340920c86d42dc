"""One connection to a SQLite file."""

import contextlib
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select, text

from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.server.storage.schema import status_lists
from tokensmith.server.storage.sqlite_connection import SqliteConnection, compiler, connect, is_trouble, unavailable
from tokensmith.server.storage.statements import NOW_MS


def test_a_commit_is_on_disk_when_it_returns(sqlite_path: Path) -> None:
    """`synchronous=FULL` (2): in write-ahead mode a lesser setting lets an answered commit vanish with the power."""
    with contextlib.closing(connect(sqlite_path)) as raw:
        settings = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")}

        assert settings == {"synchronous": 2, "journal_mode": "wal"}


def test_foreign_keys_hold(sqlite_path: Path) -> None:
    """SQLite leaves them unchecked unless it is told, on every connection."""
    with contextlib.closing(connect(sqlite_path)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute("INSERT INTO status_entries VALUES (9, 1, 'g', 0, NULL)")


@pytest.mark.parametrize("name", ["none.db", "folder/none.db"])
def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, name: str) -> None:
    """A wrong path must not become an empty database with nobody in it."""
    with pytest.raises(sqlite3.OperationalError):
        connect(tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_path_is_a_path_whatever_is_in_it(tmp_path: Path, sqlite_template: Path) -> None:
    """No part of it is read as an option of SQLite's URLs."""
    path = tmp_path / "50%? #1 ?mode=memory.db"
    path.write_bytes(sqlite_template.read_bytes())

    with contextlib.closing(connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """And not left open."""
    (tmp_path / "x.db").write_bytes(b"no database at all" * 1000)

    with pytest.raises(sqlite3.DatabaseError) as refused:
        connect(tmp_path / "x.db")
    assert is_trouble(refused.value)


def test_the_present_is_in_milliseconds(sqlite_path: Path) -> None:
    """SQLite's clock is the machine's, and its two halves are of one reading."""
    with contextlib.closing(connect(sqlite_path)) as raw:
        connection = SqliteConnection(raw, compiler())
        before = time.time_ns() // 1_000_000
        read = [run_blocking(connection.rows(select(NOW_MS)))[0][0] for _ in range(2000)]
        after = time.time_ns() // 1_000_000

    assert read == sorted(read)
    assert before - 1 <= read[0] <= read[-1] <= after + 1


def test_statements_answer_with_rows_a_row_or_a_number(sqlite_path: Path) -> None:
    """The same four methods as on PostgreSQL."""
    with contextlib.closing(connect(sqlite_path)) as raw:
        connection = SqliteConnection(raw, compiler())
        insert = status_lists.insert()
        one = select(status_lists).where(status_lists.c.id == bindparam("list_id"))
        changed = [run_blocking(connection.change(insert, id=number, version=1)) for number in (1, 2)]
        run_blocking(connection.lock("anything"))

        assert changed == [1, 1]
        assert run_blocking(connection.rows(select(status_lists))) == [(1, 1), (2, 1)]
        assert run_blocking(connection.row(one, list_id=2)) == (2, 1)
        assert run_blocking(connection.row(one, list_id=3)) is None


def test_a_missing_value_is_a_mistake_and_not_null(sqlite_path: Path) -> None:
    """A forgotten argument must not be stored."""
    with contextlib.closing(connect(sqlite_path)) as raw, pytest.raises(sqlite3.ProgrammingError):
        run_blocking(SqliteConnection(raw, compiler()).change(status_lists.insert(), id=1))


def test_trouble_is_told_from_mistakes(sqlite_path: Path) -> None:
    """Trouble is answered with 503 and its name in the log; a mistake of ours comes out as what it is."""
    with contextlib.closing(connect(sqlite_path)) as raw:
        raw.execute("PRAGMA query_only=ON")
        with pytest.raises(sqlite3.OperationalError) as refused:
            run_blocking(SqliteConnection(raw, compiler()).change(text("DELETE FROM users")))
    error = unavailable(refused.value)

    assert (error.code, error.status) == ("database_unavailable", 503)
    assert error.detail.startswith("SQLITE_READONLY")
    assert is_trouble(refused.value)
    assert is_trouble(sqlite3.DatabaseError("malformed"))
    assert not is_trouble(sqlite3.IntegrityError("constraint"))
    assert not is_trouble(sqlite3.ProgrammingError("closed"))
    assert not is_trouble(ValueError("x"))
