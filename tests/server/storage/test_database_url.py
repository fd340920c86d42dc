"""What a database URL means."""

from pathlib import Path

import pytest

from tokensmith.server.storage.database_url import PostgresUrl, SqliteUrl, parse_database_url


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///tokensmith.db", "tokensmith.db"),
        ("sqlite:////var/lib/tokensmith.db", "/var/lib/tokensmith.db"),
        ("sqlite:///a%20b.db", "a b.db"),
    ],
)
def test_three_slashes_are_relative_and_four_are_not(url: str, path: str) -> None:
    """As SQLAlchemy writes it."""
    assert parse_database_url(url) == SqliteUrl(Path(path))


def test_lock_and_key_lie_beside_the_database() -> None:
    """Named after it, so that two databases in one folder do not share them."""
    where = SqliteUrl(Path("/data/one.db"))

    assert where.lock_path == Path("/data/one.db.lock")
    assert where.sealing_key_path == Path("/data/one.db.sealing-key")


def test_a_postgresql_url_is_passed_on_and_never_shown() -> None:
    """It may hold a password."""
    url = "postgresql://user:hunter2@host/db?target_session_attrs=read-write"
    where = parse_database_url(url)

    assert where == PostgresUrl(url)
    assert "hunter2" not in repr(where)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///x.db?mode=ro",
        "sqlite:x.db",
        "mysql://u:hunter2@h/d",
        "tokensmith.db",
    ],
)
def test_everything_else_is_refused_and_not_repeated(url: str) -> None:
    """A database in memory would be gone with the process, and with it every session."""
    with pytest.raises(ValueError, match="a database URL is") as refused:
        parse_database_url(url)

    assert "hunter2" not in str(refused.value)
