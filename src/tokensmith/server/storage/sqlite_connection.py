"""One connection to a SQLite file, as every part of the server opens it; it never suspends, so it needs no loop."""

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite

from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.statements import Compiler, Row

# SQLite's own milliseconds, both halves of one reading: "now" stands still within a statement. (unixepoch('subsec')
# says it shorter, from 3.42 on; Debian 12 has 3.40.)
NOW_SQL: Final = "(CAST(strftime('%s', 'now') AS INTEGER) * 1000 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))"

# Our own processes queue up at the file lock; this is for strangers, such as a backup that holds the database.
BUSY_SECONDS: Final = 5.0
_KEPT_STATEMENTS: Final = 256


def compiler(*, now_sql: str = NOW_SQL) -> Compiler:
    """Make the compiler of statements for SQLite."""
    return Compiler(sqlite.dialect(paramstyle="named"), now_sql=now_sql)


def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open an existing database.

    `synchronous=FULL`: in write-ahead mode a lesser setting would let a commit that was answered vanish with the power.

    Raises:
        sqlite3.Error: it is not there, or no database.
    """
    raw = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        cached_statements=_KEPT_STATEMENTS,
    )
    try:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA foreign_keys=ON")
    except sqlite3.Error:
        raw.close()
        raise
    return raw


def is_trouble(error: Exception) -> bool:
    """Tell trouble with the database (full, locked, unreadable) from a mistake in what it was asked."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def unavailable(error: BaseException) -> UnavailableError:
    """Say that the database cannot be used now: full, locked by a stranger, unreadable, or closed."""
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return UnavailableError("The database cannot be used now.", code="database_unavailable", detail=f"{name}: {error}")


class SqliteConnection:
    """Satisfies `Connection`: every method is done when it returns, so a unit runs without an event loop."""

    def __init__(self, raw: sqlite3.Connection, statements: Compiler) -> None:
        self._raw = raw
        self._statements = statements

    async def rows(self, statement: Executable, **values: object) -> list[Row]:
        """Run a statement and return all its rows."""
        return self._run(statement, values).fetchall()

    async def row(self, statement: Executable, **values: object) -> Row | None:
        """Run a statement and return its first row, None where it has none."""
        # All are read: a statement with RETURNING that is left half-way keeps its transaction from committing.
        rows = self._run(statement, values).fetchall()
        return rows[0] if rows else None

    async def change(self, statement: Executable, **values: object) -> int:
        """Run a statement that returns no rows; returns how many it changed."""
        return self._run(statement, values).rowcount

    async def lock(self, name: str) -> None:
        """Do nothing: whoever writes is alone."""

    def _run(self, statement: Executable, values: dict[str, object]) -> sqlite3.Cursor:
        compiled = self._statements.compiled(statement)
        return self._raw.execute(compiled.sql, compiled.fixed | values)
