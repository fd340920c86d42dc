"""`tokensmith migrate`: the tables of this version, the first signing keys, the built-in client."""

import asyncio

import click

from tokensmith.cli.operator import operator_command
from tokensmith.server.preparation import prepare
from tokensmith.server.settings import Settings


@click.command()
@operator_command
def migrate(settings: Settings) -> None:
    """Bring the database up to date.

    `serve` does the same when it starts; this is for those who want it done before.
    """
    asyncio.run(prepare(settings, serves=False))
    click.echo("The database is up to date.")
