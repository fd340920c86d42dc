"""Lists on the terminal: a table for people, or one JSON object per line for programs."""

from collections.abc import Sequence

import click
import msgspec
from rich.console import Console
from rich.table import Table


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, as_json: bool) -> None:
    """Print *rows*, each with one text per column."""
    if as_json:
        for row in rows:
            click.echo(msgspec.json.encode(dict(zip(columns, row, strict=True))))
        return
    table = Table(box=None, pad_edge=False)
    # The first column is what the row is called by: folded, it could not be copied into the next command.
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*row)
    Console(markup=False, highlight=False).print(table)
