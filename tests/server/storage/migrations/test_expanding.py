"""Two versions serve one database together: what a migration adds is not noticed by the version before (expand), and
what is not used any more is taken away by a later one that is named so (contract).

While a new version is rolled out, processes of the old one go on over the new tables. Their statements name their
columns, so they notice nothing but what is gone, what has to be given, and what is not allowed any more.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Boolean, ForeignKeyConstraint, Integer, LargeBinary, MetaData, Numeric, Table, insert, select

from tests.server.storage.migrations.expanding import (
    CONTRACT,
    Column,
    Shape,
    breaches,
    left_over,
    revisions,
    shape_of,
    upgrade,
)
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.storage import migrate as migrations
from tokensmith.server.storage.open import open_store
from tokensmith.server.storage.sealing import Sealing

pytestmark = pytest.mark.anyio

REVISIONS = revisions()
EARLIER = [revision for revision, _ in REVISIONS[:-1]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def shapes(url: str) -> Iterator[tuple[str, Shape]]:
    """The tables after each revision, with the name of its file."""
    for revision, path in REVISIONS:
        with migrations._opened(url) as connection:
            upgrade(connection, revision)
            yield Path(path).name, shape_of(connection)


def test_every_migration_adds_or_is_named_a_contract(url: str) -> None:
    """Tables; columns that may be null or have a default; what is promised, of new columns alone."""
    found = list(shapes(url))
    wrong = {
        name: left_over(before, after) if CONTRACT in name else breaches(before, after)
        for (_, before), (name, after) in pairwise(found)
    }

    assert len(wrong) == len(EARLIER)
    assert {name: what for name, what in wrong.items() if what} == {}


@pytest.mark.parametrize("revision", EARLIER)
def test_what_an_earlier_version_writes_and_reads_still_works(url: str, revision: str) -> None:
    """Rows without what has come since: put in, read, changed and taken out again over the newest tables."""
    tables = _tables_at(url, revision)
    with migrations._opened(url) as connection:
        upgrade(connection, "head")
        rows = {table.name: _row(table) for table in tables if table.name != "alembic_version"}
        for table in tables:
            if table.name in rows:
                connection.execute(insert(table).values(rows[table.name]))
        for table in tables:
            if table.name in rows:
                assert connection.execute(select(table)).mappings().one().items() >= rows[table.name].items()
        for table in reversed(tables):
            if table.name in rows:
                connection.execute(table.update().values(rows[table.name]))
                assert connection.execute(table.delete()).rowcount == 1


async def test_what_the_first_version_wrote_is_read_by_this_one(url: str) -> None:
    """The other half: what has come since has its default, and that is something we can read, and end."""
    tables = _tables_at(url, "0001")
    with migrations._opened(url) as connection:
        upgrade(connection, "head")
        for table in tables:
            if table.name in {"users", "resources", "clients", "sessions", "grants", "grant_audiences"}:
                client = {"grant_types": "refresh_token", "secret_digests": b""} if table.name == "clients" else {}
                connection.execute(insert(table).values(_row(table) | client))
    store = open_store(url, sealing=Sealing.generate())

    async def unit(uow: UnitOfWork) -> None:
        standing = await uow.grants.standing(GrantId("1"))
        assert standing is not None
        assert (standing.user, standing.client.id) == (await uow.users.find(UserId("1")), "1")
        assert [each.resource for each in standing.audiences] == [await uow.resources.find(ResourceId("1"))]
        assert await uow.clients.find(ClientId("1")) == standing.client
        assert await uow.sessions.find(SessionId("1")) is not None
        assert await uow.grants.end(GrantId("1"))

    await store.start()
    try:
        await store.write(unit)
    finally:
        await store.close()


def _tables_at(url: str, revision: str) -> list[Table]:
    """The tables as a process of that revision knew them, those that are pointed at first."""
    metadata = MetaData()
    with migrations._opened(url) as connection:
        upgrade(connection, revision)
        metadata.reflect(connection)
    return metadata.sorted_tables


def _row(table: Table) -> dict[str, object]:
    """One row with all that has to be given, and what points elsewhere pointing at that table's one row."""
    pointing = {
        column.name
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        for column in constraint.columns
    }
    given = [
        column
        for column in table.c
        if not column.nullable or (column.name in pointing and not column.name.startswith("list_"))
    ]
    return {
        column.name: _value(column) for column in given if column.identity is None and not _is_number(table, column)
    }


def _is_number(table: Table, column: sqlalchemy.Column[object]) -> bool:
    # The audit log's numbers are the database's to give.
    return table.name == "audit" and column.name == "number"


def _value(column: sqlalchemy.Column[object]) -> object:
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer | Numeric):
        return 1
    return b"1" if isinstance(column.type, LargeBinary) else "1"


# The rule itself.

TEXT = Column("TEXT", nullable=False, has_default=False)
NULLABLE = Column("TEXT", nullable=True, has_default=False)
OLD = Shape({("t", "a"): TEXT, ("t", "b"): NULLABLE}, frozenset({("t", "primary key", ("a",))}))


def changed(*constraints: tuple[str, str, tuple[str, ...]], **columns: Column | None) -> Shape:
    """The old tables with some columns of `t` changed, added, or (None) taken away."""
    new: dict[tuple[str, str], Column | None] = {**OLD.columns, **{("t", name): columns[name] for name in columns}}
    kept = {key: column for key, column in new.items() if column is not None}
    return Shape(kept, OLD.constraints | set(constraints))


@pytest.mark.parametrize(
    ("after", "what"),
    [
        (changed(a=None), "t.a is gone"),
        (changed(a=Column("INTEGER", nullable=False, has_default=False)), "t.a was TEXT"),
        (changed(b=TEXT), "t.b may not be null any more"),
        (changed(c=TEXT), "t.c is new, and an INSERT without it fails"),
        (changed(("t", "unique", ("b",))), "t has a new unique on b"),
        (changed(("t", "check", ("b <> ''",))), "t has a new check on b <> ''"),
    ],
)
def test_a_breach_is_noticed(after: Shape, what: str) -> None:
    assert breaches(OLD, after) == [what]


@pytest.mark.parametrize(
    "after",
    [
        OLD,
        changed(a=NULLABLE),
        changed(c=NULLABLE),
        changed(c=Column("TEXT", nullable=False, has_default=True)),
        changed(("t", "unique", ("c",)), c=NULLABLE),
        changed(("t", "check", ("(b IS NULL) = (c IS NULL)",)), c=NULLABLE),
        Shape({**OLD.columns, ("u", "a"): TEXT}, OLD.constraints | {("u", "unique", ("a",))}),
    ],
)
def test_what_is_added_is_no_breach(after: Shape) -> None:
    assert breaches(OLD, after) == []


def test_a_contract_takes_away_alone() -> None:
    assert left_over(OLD, changed(b=None)) == []
    assert left_over(OLD, changed(c=NULLABLE)) == ["t.c is new"]
    assert left_over(OLD, changed(("t", "unique", ("b",)))) == ["t has a new unique"]
