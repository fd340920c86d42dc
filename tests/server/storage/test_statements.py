"""One statement, two engines: the text each of them gets, and the values that stand in it."""

import pytest
from sqlalchemy import bindparam, select, text, update

from tokensmith.server.storage import postgresql_engine, sqlite_connection
from tokensmith.server.storage.schema import refresh_families, user_scopes
from tokensmith.server.storage.statements import NOW_MS, Compiler, joined_rows


@pytest.fixture(params=["sqlite", "postgresql"])
def compiler(request: pytest.FixtureRequest) -> Compiler:
    """Each engine's, with a present that is easy to see."""
    make = sqlite_connection.compiler if request.param == "sqlite" else postgresql_engine.compiler
    return make(now_sql="(the_present)")


def test_hidden_values_are_kept_and_named_ones_are_not(compiler: Compiler) -> None:
    """The 1 of an increment is a bind of its own; what the caller must give has no value to fall back on."""
    statement = (
        update(refresh_families)
        .where(refresh_families.c.family == bindparam("key"))
        .values(generation=refresh_families.c.generation + 1)
    )

    assert compiler.compiled(statement).fixed == {"generation_1": 1}


def test_the_present_is_the_engines(compiler: Compiler) -> None:
    """Everywhere in a statement, and nothing of the placeholder is left."""
    statement = (
        update(refresh_families)
        .where(refresh_families.c.idle_expires_at_ms <= NOW_MS)
        .values(ended_at_ms=NOW_MS + 5)
        .returning(NOW_MS)
    )
    sql = compiler.compiled(statement).sql

    assert sql.count("(the_present)") == 3
    assert "tokensmith_now_ms()" not in sql


def test_a_statement_is_compiled_once(compiler: Compiler) -> None:
    """The second use is a look into a dictionary."""
    statement = select(user_scopes)

    assert compiler.compiled(statement) is compiler.compiled(statement)


def test_rows_are_joined_by_each_engines_own_function() -> None:
    """Compiled with the table's columns, and with values inside."""
    statement = select(joined_rows(user_scopes.c.scope + "!"))

    on_sqlite, on_postgres = (
        make().compiled(statement) for make in (sqlite_connection.compiler, postgresql_engine.compiler)
    )
    assert "group_concat(user_scopes.scope || :scope_1, ' ')" in on_sqlite.sql
    assert "string_agg(user_scopes.scope || %(scope_1)s::VARCHAR, ' ')" in on_postgres.sql
    assert on_sqlite.fixed == on_postgres.fixed == {"scope_1": "!"}


def test_a_percent_sign_reaches_postgresql_doubled() -> None:
    """The driver takes a single one for the beginning of a bind."""
    assert "LIKE '50%%'" in postgresql_engine.compiler().compiled(text("SELECT 'x' LIKE '50%'")).sql


def test_what_is_no_statement_is_refused(compiler: Compiler) -> None:
    """Text would be run without anybody having looked at its binds."""
    with pytest.raises(TypeError, match="not a statement"):
        compiler.compiled("SELECT 1")  # type: ignore[arg-type]
