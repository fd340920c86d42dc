"""Brings a database up to date; safe to run from several processes at once, and again when there is nothing to do.

PostgreSQL: an advisory lock. SQLite: the operating system's lock that writers take turns with. Either way the second
process waits, and then finds the work done. There is no way back: a migration that went wrong is a backup restored.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tokensmith.server.domain.errors import ConflictError, UnavailableError
from tokensmith.server.storage.database_url import POSTGRESQL, PostgresUrl, SqliteUrl, parse_database_url
from tokensmith.server.storage.file_lock import FileLock
from tokensmith.server.storage.schema import REVISION
from tokensmith.server.storage.sqlite_connection import connect

_SCRIPTS: Final = Path(__file__).parent / "migrations"
# Where Alembic keeps the revision; it has one row at most.
_ALEMBIC: Final = sqlalchemy.table("alembic_version", sqlalchemy.column("version_num", sqlalchemy.Text))
_ADVISORY_LOCK: Final = 0x746F6B656E736D69  # "tokensmi", so that nobody else's lock has this number by chance


def migrate(url: str) -> None:
    """Create the tables, or change them to what this version of the server expects. Blocks.

    Raises:
        ConflictError: the database is newer than this version (`schema_newer`).
        UnavailableError: it cannot be reached.
        ValueError: *url* is no database URL.
    """
    with _opened(url) as connection:
        found = _revision(connection)
        _check_not_newer(found)
        if found != REVISION:
            _upgrade(connection)


def check_schema(url: str) -> None:
    """Refuse a database whose tables are not those of this version. Blocks.

    Raises:
        ConflictError: it was never migrated, or is older (`schema_not_migrated`), or newer (`schema_newer`).
        UnavailableError: it cannot be reached.
        ValueError: *url* is no database URL.
    """
    where = parse_database_url(url)
    if isinstance(where, SqliteUrl) and not where.path.exists():
        raise _not_migrated(None)
    with _opened(url) as connection:
        found = _revision(connection)
    _check_not_newer(found)
    if found != REVISION:
        raise _not_migrated(found)


def _revision(connection: sqlalchemy.Connection) -> str | None:
    if not sqlalchemy.inspect(connection).has_table(_ALEMBIC.name):
        return None
    return connection.scalar(sqlalchemy.select(_ALEMBIC.c.version_num))


def _upgrade(connection: sqlalchemy.Connection) -> None:
    # Here and not above: a database is up to date at nearly every start, and Alembic with what it brings along would be
    # a fifth of the time that one takes, and 11 MB.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _check_not_newer(found: str | None) -> None:
    # Revisions are numbers of four digits, so they compare as text.
    if found is not None and found > REVISION:
        raise ConflictError(
            "A newer version of the server has changed this database.",
            code="schema_newer",
            detail=f"{found}>{REVISION}",
        )


def _not_migrated(found: str | None) -> ConflictError:
    return ConflictError(
        "The database is not up to date; run: tokensmith migrate",
        code="schema_not_migrated",
        detail=f"{found}<{REVISION}",
    )


@contextmanager
def _opened(url: str) -> Iterator[sqlalchemy.Connection]:
    where = parse_database_url(url)
    try:
        with _opened_sqlite(where) if isinstance(where, SqliteUrl) else _opened_postgres(where) as connection:
            yield connection
    except (DBAPIError, sqlite3.Error, OSError) as error:
        raise UnavailableError(
            "The database cannot be used now.", code="database_unavailable", detail=str(error)
        ) from error


@contextmanager
def _opened_sqlite(where: SqliteUrl) -> Iterator[sqlalchemy.Connection]:
    lock = FileLock(where.lock_path)
    engine = sqlalchemy.create_engine("sqlite://", creator=lambda: connect(where.path), poolclass=NullPool)

    # The driver would begin a transaction before the first INSERT only, and leave tables half-made behind a failure.
    @sqlalchemy.event.listens_for(engine, "begin")
    def _begin(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with lock.held():
            _create_private(where.path)
            with engine.begin() as connection:
                yield connection
    finally:
        lock.close()


def _create_private(path: Path) -> None:
    # Nobody else on the machine has any business in it; the write-ahead log takes its mode from here.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


@contextmanager
def _opened_postgres(where: PostgresUrl) -> Iterator[sqlalchemy.Connection]:
    url = "postgresql+psycopg://" + where.url.removeprefix(POSTGRESQL)
    engine = sqlalchemy.create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    with engine.begin() as connection:
        connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        yield connection
