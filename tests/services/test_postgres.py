"""The PostgreSQL a test is given."""

import psycopg

from tests.services.postgres import PostgresServer


def test_each_test_gets_an_empty_database(postgres_url: str, postgres_server: PostgresServer) -> None:
    """What one database holds, the next does not."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("create table here (id int)")
    other = postgres_server.create()
    with psycopg.connect(postgres_server.url(other)) as connection:
        found = connection.execute("select to_regclass('here')").fetchone()
    postgres_server.drop(other)

    assert found == (None,)


def test_a_template_is_copied_with_what_it_holds(postgres_server: PostgresServer) -> None:
    """A migrated template costs a copy per test, not a migration per test."""
    template = postgres_server.create()
    with psycopg.connect(postgres_server.url(template)) as connection:
        connection.execute("create table made_once (id int)")
    copy = postgres_server.create(template=template)
    with psycopg.connect(postgres_server.url(copy)) as connection:
        found = connection.execute("select to_regclass('made_once')::text").fetchone()
    postgres_server.drop(copy)
    postgres_server.drop(template)

    assert found == ("made_once",)


def test_a_database_in_use_can_be_dropped(postgres_server: PostgresServer) -> None:
    """A test that leaks a connection does not break the next one."""
    name = postgres_server.create()
    with psycopg.connect(postgres_server.url(name)) as connection:
        postgres_server.drop(name)

        assert connection.pgconn.status == psycopg.pq.ConnStatus.OK
