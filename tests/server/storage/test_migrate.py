"""A database is brought up to date once, however many processes try, and ends up as the tables are written down."""

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config

from tests.services.postgres import PostgresServer
from tokensmith.server.domain.errors import ConflictError, UnavailableError
from tokensmith.server.storage import migrate as migrations
from tokensmith.server.storage.migrate import check_schema, migrate
from tokensmith.server.storage.schema import REVISION, metadata

tables = metadata.tables
MIGRATE = "import sys; from tokensmith.server.storage.migrate import migrate; migrate(sys.argv[1])"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database on each engine; on SQLite not even a file."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def engine(url: str) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sqlalchemy.NullPool
    )


def described(url: str) -> list[tuple[object, ...]]:
    """Everything a database says about its tables, columns, indexes and constraints."""
    if url.startswith("sqlite"):
        queries = ["SELECT type, name, sql FROM sqlite_master"]
    else:
        queries = [
            (
                "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, ordinal_position"
                " FROM information_schema.columns WHERE table_schema = 'public'"
            ),
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            (
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace"
            ),
        ]
    with engine(url).connect() as connection:
        rows = [tuple(map(_on_one_line, row)) for query in queries for row in connection.exec_driver_sql(query)]
    return sorted((row for row in rows if not any("alembic" in str(value) for value in row)), key=str)


def _on_one_line(value: object) -> object:
    # SQLite keeps the words of CREATE TABLE as they were typed; a column that was added later stands on no new line.
    return " ".join(value.split()) if isinstance(value, str) else value


def test_the_migrated_tables_are_those_that_are_written_down(
    url: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    """Tables, columns, defaults, indexes with their conditions, constraints: word for word what the engine says."""
    migrate(url)
    name = "" if url.startswith("sqlite") else postgres_server.create()
    written = postgres_server.url(name) if name else f"sqlite:///{tmp_path / 'written.db'}"
    try:
        metadata.create_all(engine(written))

        assert described(url) == described(written)
        assert len(described(url)) > 20
    finally:
        if name:
            postgres_server.drop(name)


def test_it_can_be_run_again(url: str) -> None:
    """Nothing is done then, and what is stored stays."""
    migrate(url)
    with engine(url).begin() as connection:
        connection.execute(sqlalchemy.insert(metadata.tables["status_lists"]).values(id=1, version=5))
    migrate(url)
    check_schema(url)

    with engine(url).connect() as connection:
        assert connection.execute(sqlalchemy.select(metadata.tables["status_lists"])).fetchall() == [(1, 5)]


def test_a_database_that_is_up_to_date_needs_no_alembic(tmp_path: Path) -> None:
    """Nearly every start meets one, and would spend a fifth of its time and 11 MB on what it does not use."""
    url = f"sqlite:///{tmp_path / 'here.db'}"
    program = [sys.executable, "-c", f"{MIGRATE}; print('alembic' in sys.modules)", url]
    brought = [subprocess.run(program, check=True, capture_output=True, text=True).stdout for _ in range(2)]

    assert brought == ["True\n", "False\n"]


def test_a_database_of_the_first_revision_is_brought_along(url: str) -> None:
    """Everything in it stays; its families were chained with one key each, and have no earlier one."""
    seconds = dict.fromkeys((column.name for column in tables["clients"].c if column.name.endswith("_seconds")), 1)
    client = {"id": "c", "name": "", "grant_types": "", "secret_digests": b"", "signing_alg": "ES256"}
    family = {"family": b"f", "grant_id": "g", "generation": 3, "secret_digest": b"d", "key_id": "key"}
    key = {"kid": "k", "alg": "ES256", "public_jwk": "{}", "sealed_private_jwk": b"s", "compromised": True}
    moments = {"published_at_ms": 1, "active_at_ms": 2, "retired_at_ms": 3, "gone_at_ms": None}
    ends = {"rotated_at_ms": "", "idle_expires_at_ms": 1, "absolute_expires_at_ms": 2}
    with migrations._opened(url) as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations._SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            sqlalchemy.insert(tables["clients"]), {**client, **seconds, "disabled": False, "created_at_ms": 0}
        )
        connection.execute(sqlalchemy.insert(tables["grants"]), {"id": "g", "client_id": "c", "created_at_ms": 0})
        connection.execute(sqlalchemy.insert(tables["refresh_families"]), {**family, **ends})
        connection.execute(sqlalchemy.insert(tables["signing_keys"]), {**key, **moments})
    migrate(url)

    families = tables["refresh_families"].c
    with engine(url).connect() as connection:
        found = connection.execute(sqlalchemy.select(families.family, families.key_id, families.earlier_keys))
        assert found.fetchall() == [(b"f", "key", None)]
        keys = connection.execute(sqlalchemy.select(tables["signing_keys"])).mappings().fetchall()
        assert [dict(row) for row in keys] == [{**key, **moments, "provider_key_id": None}]


def test_several_processes_at_once_do_it_once(url: str) -> None:
    """As when a server's workers start together."""
    started = [subprocess.Popen([sys.executable, "-c", MIGRATE, url], stderr=subprocess.PIPE) for _ in range(4)]
    ended = [process.communicate() for process in started]

    assert [(process.returncode, error) for process, (_, error) in zip(started, ended, strict=True)] == [(0, b"")] * 4
    check_schema(url)


def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way from one revision to the next is one transaction, tables included, on SQLite too."""

    def fail_at_the_end(config: object, revision: str) -> None:
        upgrade(config, revision)
        raise LookupError

    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", fail_at_the_end)
    with pytest.raises(LookupError):
        migrate(url)

    assert described(url) == []
    monkeypatch.undo()
    migrate(url)
    check_schema(url)


def test_a_database_that_was_never_migrated_is_refused(url: str) -> None:
    """With the command that helps; and asking makes no file."""
    with pytest.raises(ConflictError, match="tokensmith migrate") as refused:
        check_schema(url)

    assert refused.value.code == "schema_not_migrated"
    assert not url.startswith("sqlite") or not Path(url.removeprefix("sqlite:///")).exists()


def test_a_database_of_before_the_first_revision_is_refused(url: str) -> None:
    """An empty one that is there."""
    with engine(url).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (x INTEGER)")

    with pytest.raises(ConflictError) as refused:
        check_schema(url)
    assert refused.value.code == "schema_not_migrated"


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    """An old server that came back after an upgrade must not write into what it does not know."""
    migrate(url)
    with engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    for act in (migrate, check_schema):
        with pytest.raises(ConflictError) as refused:
            act(url)
        assert refused.value.code == "schema_newer"


def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    """No server at the port; no folder at the path; no database in the file."""
    (tmp_path / "text.db").write_text("this is no database, and long enough to tell" * 100)
    for url in (
        "postgresql://127.0.0.1:1/x?connect_timeout=2",
        f"sqlite:///{tmp_path}/none/x.db",
        f"sqlite:///{tmp_path}/text.db",
    ):
        with pytest.raises(UnavailableError) as refused:
            migrate(url)
        assert refused.value.code == "database_unavailable"


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Also the write-ahead log, which takes its mode from the database."""
    path = tmp_path / "new.db"
    migrate(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE x (y)")
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}

    assert modes["new.db"] == modes["new.db-wal"] == modes["new.db.lock"] == 0o600


def test_the_newest_revision_is_the_one_the_tables_are_of() -> None:
    """The store asks for it by this constant at every start."""
    versions = Path(migrations.__file__).parent / "migrations" / "versions"

    assert max(path.name[:4] for path in versions.glob("[0-9]*.py")) == REVISION


def test_postgresql_waits_for_whoever_migrates(postgres_url: str) -> None:
    """The advisory lock is taken inside the transaction, so that it works behind a pooler too."""
    with psycopg.connect(postgres_url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [migrations._ADVISORY_LOCK])
        process = subprocess.Popen([sys.executable, "-c", MIGRATE, postgres_url])
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        with psycopg.connect(postgres_url, autocommit=True) as watcher:
            while watcher.execute(waiting).fetchone() == (0,):
                assert process.poll() is None
        holder.rollback()

    assert process.wait() == 0
