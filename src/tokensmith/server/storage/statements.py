"""SQL written once with SQLAlchemy Core, compiled once per engine, and run on the raw driver (decision 4).

Compiling costs a hundred times what running costs, so it happens at a statement's first use and never again. A compiled
statement also carries values of its own (the 1 of ``generation + 1`` is a bind called ``generation_1``); they are kept
beside the text and given to the driver together with the caller's.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import BigInteger, Executable, Text, func
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# The database's time in milliseconds. No database has a function of this name: compiling puts the engine's own there.
_NOW_NAME: Final = "tokensmith_now_ms"
NOW_MS: Final = func.tokensmith_now_ms(type_=BigInteger)


class joined_rows(FunctionElement[str]):  # noqa: N801 - it is written like a function of SQL
    """All rows' texts as one, separated by spaces; null where there are no rows."""

    type = Text()
    inherit_cache = True


@compiles(joined_rows, "sqlite")
def _group_concat(element: joined_rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, ' ')"


@compiles(joined_rows, "postgresql")
def _string_agg(element: joined_rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, ' ')"


# What a column holds is known by the statement that asked for it and by nobody else: rows are an untyped edge.
Row = tuple[Any, ...]


class Connection(Protocol):
    """One transaction's connection, the same for both engines. Values are given by the names of the binds."""

    async def rows(self, statement: Executable, **values: object) -> list[Row]:
        """Run a statement and return all its rows."""

    async def row(self, statement: Executable, **values: object) -> Row | None:
        """Run a statement and return its first row, None where it has none."""

    async def change(self, statement: Executable, **values: object) -> int:
        """Run a statement that returns no rows; returns how many it changed."""

    async def lock(self, name: str) -> None:
        """Wait until no other transaction holds the lock of this name, then hold it until the transaction ends."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as the driver takes it, and the values that stand in it from the start."""

    sql: str
    fixed: dict[str, object]


class Compiler:
    """Compiles for one engine, keeping every result."""

    def __init__(self, dialect: Dialect, *, now_sql: str) -> None:
        """Take an engine and what it calls the present, in milliseconds since 1970."""
        self._dialect = dialect
        self._now_sql = now_sql
        self._kept: dict[Executable, Compiled] = {}

    def compiled(self, statement: Executable) -> Compiled:
        """Return the compiled form of a statement (a constant of some module: it is kept by identity, for ever)."""
        found = self._kept.get(statement)
        if found is None:
            found = self._kept[statement] = self._compile(statement)
        return found

    def _compile(self, statement: Executable) -> Compiled:
        result = statement.compile(dialect=self._dialect) if isinstance(statement, ClauseElement) else None
        if not isinstance(result, SQLCompiler):
            raise TypeError(f"not a statement of SQLAlchemy Core: {statement!r}")
        fixed = {name: bind.value for bind, name in result.bind_names.items() if not bind.required}
        return Compiled(str(result).replace(f"{_NOW_NAME}()", self._now_sql), fixed)
