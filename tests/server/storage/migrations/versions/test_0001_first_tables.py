"""The first revision: from nothing to every table. That the tables are the right ones is test_migrate.py's business."""

from pathlib import Path

import sqlalchemy

from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.schema import metadata


def test_it_makes_every_table(tmp_path: Path) -> None:
    """And the one in which Alembic keeps the revision."""
    migrate(f"sqlite:///{tmp_path / 'db'}")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'db'}", poolclass=sqlalchemy.NullPool)
    names = set(sqlalchemy.inspect(engine).get_table_names())

    assert names == {*metadata.tables, "alembic_version"}
