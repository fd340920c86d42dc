"""`tokensmith tour`: handed on as it stands, since the tour is also run without this command."""

import sys

import click

from tokensmith.tour import run


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def tour(arguments: tuple[str, ...]) -> None:
    """See a token's whole journey, step by step, against live services."""
    sys.exit(run.main(arguments))
