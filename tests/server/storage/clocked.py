"""A real store whose database tells the time that a test has set."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Final, Protocol

import psycopg

from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.sealing_source import SealingSource
from tokensmith.server.storage.store import SqlStore

CLOCK_SQL: Final = "(SELECT now_ms FROM test_clock)"


class Clock(Protocol):
    def move(self, milliseconds: int) -> int:
        """Let time pass; returns the new time."""


class SqliteClock:
    """The clock's row in a SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def move(self, milliseconds: int) -> int:
        with contextlib.closing(sqlite3.connect(self._path)) as raw, raw:
            raw.execute("UPDATE test_clock SET now_ms = now_ms + ?", [milliseconds])
            now_ms: int = raw.execute("SELECT now_ms FROM test_clock").fetchone()[0]
        return now_ms


class PostgresClock:
    """The clock's row in a PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def move(self, milliseconds: int) -> int:
        with psycopg.connect(self._url) as raw:
            sql = "UPDATE test_clock SET now_ms = now_ms + %s RETURNING now_ms"
            row = raw.execute(sql, [milliseconds]).fetchone()
        assert row is not None
        now_ms: int = row[0]
        return now_ms


class ClockedStore(SqlStore):
    """The store as it is, and a hand on its clock."""

    def __init__(self, engine: Engine, source: SealingSource, clock: Clock) -> None:
        super().__init__(engine, source)
        self._clock = clock

    @property
    def now_ms(self) -> int:
        return self._clock.move(0)

    def advance(self, milliseconds: int) -> None:
        self._clock.move(milliseconds)
