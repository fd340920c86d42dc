"""PostgreSQL as an engine: psycopg's pool of asynchronous connections, and nothing between it and the statements.

A write runs in one READ COMMITTED transaction: every rule that must hold between transactions is a condition of one
statement or stands behind a row lock, so nothing is gained from SERIALIZABLE but repetitions. A read has no transaction
around it (that would be two round trips more): each of its statements sees a moment of its own, later than the one
before. What must be of one moment, a grant's standing above all, is one statement.

The pool finds out that a connection is dead before it hands it out, without asking the server anything: a server that
went away has closed the socket. So after an outage the first request finds no corpses, and nothing has to be restarted.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.engine import make_url

from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.statements import Compiler, Connection, Row

T = TypeVar("T")
Raw = psycopg.AsyncConnection[tuple[Any, ...]]

# Stable within a statement, so that an index can be used with it; clock_timestamp() would be asked for every row.
NOW_SQL: Final = "(extract(epoch FROM statement_timestamp()) * 1000)::bigint"

POOL_SIZE: Final = 8
WAIT_SECONDS: Final = 5.0
MAX_WAITING: Final = 1_000
# What a new attempt to connect may take before the next request makes one of its own.
RECONNECT_SECONDS: Final = 2.0
MAX_ATTEMPTS: Final = 4
PREPARE_FROM: Final = 5  # the use at which a statement is prepared on the server

# Each may be set otherwise in the URL. A server that no longer answers is given up after about ten seconds.
_DEFAULTS: Final = {
    "application_name": "tokensmith",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "10000",
    "options": "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
}
_LOCK: Final = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
# Repeating the unit is what helps against these: the transaction is gone, and whoever it met has gone on.
_REPEATABLE: Final = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)

_TROUBLE: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)


class _NotBegunError(Exception):
    """The connection was lost before anything of the unit had run: another one is as good."""


def compiler(*, now_sql: str = NOW_SQL) -> Compiler:
    """Make the compiler of statements for PostgreSQL."""
    return Compiler(make_url("postgresql+psycopg://").get_dialect()(), now_sql=now_sql)


class PostgresConnection:
    """Satisfies `Connection`."""

    def __init__(self, raw: Raw, statements: Compiler, *, may_write: bool) -> None:
        self._raw = raw
        self._statements = statements
        self._may_write = may_write

    async def rows(self, statement: Executable, **values: object) -> list[Row]:
        """Run a statement and return all its rows."""
        return await (await self._run(statement, values)).fetchall()

    async def row(self, statement: Executable, **values: object) -> Row | None:
        """Run a statement and return its first row, None where it has none."""
        return await (await self._run(statement, values)).fetchone()

    async def change(self, statement: Executable, **values: object) -> int:
        """Run a statement that returns no rows; returns how many it changed."""
        return (await self._run(statement, values)).rowcount

    async def lock(self, name: str) -> None:
        """Wait until no other transaction holds the lock of this name, then hold it until the transaction ends."""
        await self._run(_LOCK, {"name": f"tokensmith {name}"})

    async def _run(self, statement: Executable, values: dict[str, object]) -> psycopg.AsyncCursor[Row]:
        if statement.is_dml and not self._may_write:
            raise RuntimeError("a unit of work that reads has tried to write")
        compiled = self._statements.compiled(statement)
        return await self._raw.execute(compiled.sql.encode(), compiled.fixed | values)


class PostgresEngine:
    """Satisfies `Engine`. Make it in the process that uses it: no connection survives a fork."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = POOL_SIZE,
        prepare: bool = True,
        now_sql: str = NOW_SQL,
        wait_seconds: float = WAIT_SECONDS,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        """Take a database.

        Args:
            url: What libpq takes; several hosts with ``target_session_attrs=read-write`` follow a failover.
            prepare: Whether statements are prepared on the server; not behind a PgBouncer older than 1.21.
            wait_seconds: How long a unit may wait for a connection.
            max_waiting: How many units may.
        """
        self._statements = compiler(now_sql=now_sql)
        given = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
        self._conninfo = make_conninfo("", **{**_DEFAULTS, **given})
        self._pool_size = pool_size
        self._prepare_threshold = PREPARE_FROM if prepare else None
        self._wait_seconds = wait_seconds
        self._max_waiting = max_waiting
        self._pool: AsyncConnectionPool[Raw] | None = None

    async def start(self) -> None:
        """Open the connections."""
        pool: AsyncConnectionPool[Raw] = AsyncConnectionPool(
            self._conninfo,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": self._prepare_threshold},
            min_size=self._pool_size,
            max_size=self._pool_size,
            timeout=self._wait_seconds,
            max_waiting=self._max_waiting,
            reconnect_timeout=RECONNECT_SECONDS,
            check=self._refuse_dead,
        )
        try:
            await pool.open(wait=True, timeout=self._wait_seconds)
        except psycopg.OperationalError as error:
            raise _unavailable(error) from error
        self._pool = pool

    async def close(self) -> None:
        """Close the connections, each when its unit is done."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work* outside of any transaction."""
        async with self._lent() as raw:
            return await work(PostgresConnection(raw, self._statements, may_write=False))

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work* in a transaction and return when it is committed."""
        for _ in range(MAX_ATTEMPTS - 1):
            with contextlib.suppress(_NotBegunError, *_REPEATABLE):
                return await self._transaction(work)
        try:
            return await self._transaction(work)
        except (_NotBegunError, *_REPEATABLE) as error:
            raise UnavailableError("The database is too busy.", code="database_busy", detail=str(error)) from error

    async def _transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._lent() as raw, _begun(raw):
            return await work(PostgresConnection(raw, self._statements, may_write=True))

    @contextlib.asynccontextmanager
    async def _lent(self) -> AsyncIterator[Raw]:
        try:
            if self._pool is None:
                raise psycopg.InterfaceError("the store is not started, or closed")
            async with self._pool.connection() as raw:
                try:
                    yield raw
                except psycopg.errors.ReadOnlySqlTransaction:
                    await raw.close()  # the server was degraded to a standby; the next connection finds the new primary
                    raise
        except _REPEATABLE:
            raise
        except _TROUBLE as error:
            raise _unavailable(error) from error

    async def _refuse_dead(self, raw: Raw) -> None:
        try:
            # Once for what the server had to say before it went, once for the end of the stream behind it.
            raw.pgconn.consume_input()
            raw.pgconn.consume_input()
        except psycopg.OperationalError:
            if self._pool is not None:
                await self._pool.check()  # where one is dead the others are; they are replaced together
            raise


@contextlib.asynccontextmanager
async def _begun(raw: Raw) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(raw.transaction())
        except psycopg.errors.AdminShutdown as error:
            # The server's farewell was on its way as the connection was looked at.
            raise _NotBegunError from error
        yield


def _unavailable(error: Exception) -> UnavailableError:
    name = type(error).__name__
    return UnavailableError("The database cannot be used now.", code="database_unavailable", detail=f"{name}: {error}")
