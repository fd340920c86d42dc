"""Opens the store that a database URL names."""

from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.storage.database_url import SqliteUrl, parse_database_url
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.store import SqlStore

POOL_SIZE = 8


def open_store(
    url: str, *, sealing: Sealing | None = None, pool_size: int = POOL_SIZE, prepare: bool = True
) -> SqlStore:
    """Return the store of a database, not yet started; its tables are `migrate`'s business.

    Args:
        url: ``sqlite:///file`` or ``postgresql://…``.
        sealing: The sealing keys. Without them a SQLite database uses the file beside it, and makes it at first start;
            PostgreSQL refuses to start.
        pool_size: PostgreSQL: connections of this process.
        prepare: PostgreSQL: whether statements are prepared on the server; False behind a PgBouncer older than 1.21.

    Raises:
        ConflictError: PostgreSQL's driver is not installed (`postgres_extra_missing`).
        ValueError: *url* is no database URL.
    """
    where = parse_database_url(url)
    if isinstance(where, SqliteUrl):
        source = GivenSealing(sealing) if sealing is not None else SealingFile(where.sealing_key_path)
        return SqlStore(SqliteEngine(where.path), source)
    try:
        # Here and not above: SQLite alone needs no driver, and the extra that brings it is not installed then.
        from tokensmith.server.storage.postgresql_engine import PostgresEngine  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConflictError(
            "PostgreSQL needs an extra: pip install 'tokensmith[postgres]'",
            code="postgres_extra_missing",
            detail=str(error),
        ) from error
    return SqlStore(PostgresEngine(where.url, pool_size=pool_size, prepare=prepare), GivenSealing(sealing))
