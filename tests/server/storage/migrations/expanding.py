"""What a migration did to the tables that were there, as a process of the version before would feel it."""

from dataclasses import dataclass

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector

from tokensmith.server.storage import migrate as migrations

CONTRACT = "_contract_"


@dataclass(frozen=True)
class Column:
    """What an INSERT or a SELECT that names its columns can notice of one."""

    type: str
    nullable: bool
    has_default: bool


@dataclass(frozen=True)
class Shape:
    """The tables: their columns, and the sets of columns that something is promised of."""

    columns: dict[tuple[str, str], Column]
    constraints: frozenset[tuple[str, str, tuple[str, ...]]]

    @property
    def tables(self) -> set[str]:
        return {table for table, _ in self.columns}


def shape_of(connection: sqlalchemy.Connection) -> Shape:
    """Read it from the database itself."""
    inspector = sqlalchemy.inspect(connection)
    tables = [name for name in inspector.get_table_names() if name not in {"alembic_version", "sqlite_sequence"}]
    columns = {
        (table, found["name"]): Column(str(found["type"]), found["nullable"], found["default"] is not None)
        for table in tables
        for found in inspector.get_columns(table)
    }
    constraints = {(table, *rest) for table in tables for rest in _constraints(inspector, table)}
    return Shape(columns, frozenset(constraints))


def _constraints(inspector: Inspector, table: str) -> set[tuple[str, tuple[str, ...]]]:
    found = {("primary key", tuple(inspector.get_pk_constraint(table)["constrained_columns"]))}
    found |= {("unique", tuple(each["column_names"])) for each in inspector.get_unique_constraints(table)}
    found |= {("unique", _names(each)) for each in inspector.get_indexes(table) if each["unique"]}
    found |= {("foreign key", tuple(each["constrained_columns"])) for each in inspector.get_foreign_keys(table)}
    # What a CHECK is about stands in its words.
    found |= {("check", (str(each["sqltext"]),)) for each in inspector.get_check_constraints(table)}
    return found


def _names(index: object) -> tuple[str, ...]:
    names = index["column_names"]  # type: ignore[index]
    return tuple(str(name) for name in names)


def breaches(before: Shape, after: Shape) -> list[str]:
    """What a process of the version before would stumble over; nothing for a migration that only adds."""
    added = set(after.columns) - set(before.columns)
    found = [f"{table}.{name} is gone" for table, name in sorted(set(before.columns) - set(after.columns))]
    for key in sorted(set(before.columns) & set(after.columns)):
        old, new = before.columns[key], after.columns[key]
        if old.type != new.type:
            found.append(f"{'.'.join(key)} was {old.type}")
        if old.nullable and not new.nullable:
            found.append(f"{'.'.join(key)} may not be null any more")
        if old.has_default and not new.has_default:
            found.append(f"{'.'.join(key)} has lost its default")
    for table, name in sorted(added):
        column = after.columns[table, name]
        if table in before.tables and not (column.nullable or column.has_default):
            found.append(f"{table}.{name} is new, and an INSERT without it fails")
    for table, kind, names in sorted(after.constraints - before.constraints):
        if table in before.tables and not any((table, name) in added for name in _mentioned(names, added, table)):
            found.append(f"{table} has a new {kind} on {', '.join(names)}")
    return found


def _mentioned(names: tuple[str, ...], added: set[tuple[str, str]], table: str) -> set[str]:
    text = " ".join(names)
    return {name for owner, name in added if owner == table and name in text}


def left_over(before: Shape, after: Shape) -> list[str]:
    """What a contract step adds; it is to take away alone."""
    added = [f"{table}.{name} is new" for table, name in sorted(set(after.columns) - set(before.columns))]
    return added + [f"{table} has a new {kind}" for table, kind, _ in sorted(after.constraints - before.constraints)]


def revisions() -> list[tuple[str, str]]:
    """Every revision with the name of its file, the oldest first."""
    scripts = ScriptDirectory(str(migrations._SCRIPTS))
    return [(script.revision, script.path) for script in reversed(list(scripts.walk_revisions()))]


def upgrade(connection: sqlalchemy.Connection, revision: str) -> None:
    """Bring a database to a revision."""
    config = Config()
    config.set_main_option("script_location", str(migrations._SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
