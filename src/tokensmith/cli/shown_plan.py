"""How a terminal shows what `tokensmith apply` would do: + for what is new, ~ for what changes, nothing else."""

import click
import msgspec

from tokensmith.cli.printable import printable
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.differences import Difference
from tokensmith.server.flows.declaration_plan import Plan


def show_plan(plan: Plan, *, err: bool) -> None:
    """Print every difference, then what is left alone."""
    for difference in plan.differences:
        _show(difference, err=err)
    if plan.differences:
        new = sum(difference.is_new for difference in plan.differences)
        click.echo(f"{new} to add, {len(plan.differences) - new} to change.", err=err)
    if plan.not_in_file:
        click.echo(f"Not in the file, and left alone: {printable(', '.join(plan.not_in_file))}.", err=err)
    if plan.left_off:
        click.echo(f"Switched off, and the file does not say so: {printable(', '.join(plan.left_off))}.", err=err)


def _show(difference: Difference, *, err: bool) -> None:
    sign, colour = ("+", "green") if difference.is_new else ("~", "yellow")
    click.secho(f"{sign} {printable(difference.table)}", fg=colour, err=err)
    width = max((len(one.member) for one in difference.members), default=0)
    for one in difference.members:
        before = "" if difference.is_new else f"{_value(one.before)} → "
        click.echo(f"    {printable(one.member):{width}}  {before}{_value(one.after)}", err=err)


def _value(value: JsonValue) -> str:
    # Whole, however long: two values whose ends were left out would look the same.
    return "none" if value is None else printable(msgspec.json.encode(value).decode())
