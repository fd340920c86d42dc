"""What a database URL means: ``sqlite:///file`` (four slashes: from the root) or ``postgresql://…``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

SQLITE: Final = "sqlite:///"
POSTGRESQL: Final = "postgresql://"


@dataclass(frozen=True, slots=True)
class SqliteUrl:
    """A database in a file; the lock and the sealing key lie beside it."""

    path: Path

    @property
    def lock_path(self) -> Path:
        """The file whose lock is the turn to write."""
        return self.path.with_name(self.path.name + ".lock")

    @property
    def sealing_key_path(self) -> Path:
        """The file with the sealing key."""
        return self.path.with_name(self.path.name + ".sealing-key")


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A database on a server; *url* is what libpq takes, a password in it included."""

    url: str

    def __repr__(self) -> str:
        return "<PostgresUrl>"


def parse_database_url(url: str) -> SqliteUrl | PostgresUrl:
    """Read a database URL.

    Raises:
        ValueError: neither a SQLite file nor a PostgreSQL database; it is not repeated, as it may hold a password.
    """
    if url.startswith(POSTGRESQL):
        return PostgresUrl(url)
    path = unquote(url.removeprefix(SQLITE))
    if not url.startswith(SQLITE) or not path or path == ":memory:" or "?" in url:
        raise ValueError("a database URL is sqlite:///path/to/file or postgresql://user@host/database")
    return SqliteUrl(Path(path))
