"""`tokensmith user`: people."""

from typing import Final

import click

from tokensmith.cli.operator import operator_command, read_password, run_with_parts
from tokensmith.server.flows.manage_users import ManageUsers
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings

_RESOURCE: Final = click.option(
    "--resource", metavar="URI", help="The service these scopes are for; the only one that knows them unless given."
)


@click.group()
def user() -> None:
    """Create people, and say what they may do."""


@user.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, without asking.")
@click.option("--admin", is_flag=True, help="May administer the server.")
@operator_command
def create(settings: Settings, name: str, *, password_stdin: bool, admin: bool) -> None:
    """Create a person called NAME."""
    password = read_password(from_stdin=password_stdin)
    made = run_with_parts(settings, lambda parts: _users(parts).create(name, password=password, is_admin=admin))
    click.echo(f"Created {made.name} ({made.id}){', an administrator' if admin else ''}.")


@user.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, without asking.")
@operator_command
def password(settings: Settings, name: str, *, password_stdin: bool) -> None:
    """Give NAME a new password; every session of theirs ends."""
    text = read_password(from_stdin=password_stdin)
    run_with_parts(settings, lambda parts: _users(parts).set_password(name, password=text))
    click.echo(f"{name} has a new password; every session has ended.")


@user.command()
@click.argument("name")
@click.argument("claims", nargs=-1, required=True, metavar="CLAIM=TEXT…")
@operator_command
def describe(settings: Settings, name: str, claims: tuple[str, ...]) -> None:
    """Say what is known of NAME, as in email=ada@example.org; clients that people allow it are told."""
    pairs = [claim.partition("=") for claim in claims]
    if not all(equals for _, equals, _ in pairs):
        raise click.UsageError("Write each as CLAIM=TEXT.")
    given = {claim: text for claim, _, text in pairs}
    run_with_parts(settings, lambda parts: _users(parts).describe(name, given))
    click.echo(f"{name} is described: {' '.join(sorted(given))}.")


@user.command()
@click.argument("name")
@click.argument("scope", nargs=-1, required=True)
@_RESOURCE
@operator_command
def grant(settings: Settings, name: str, scope: tuple[str, ...], resource: str | None) -> None:
    """Let NAME have SCOPE… at a resource."""
    scopes = frozenset(scope)
    found = run_with_parts(settings, lambda parts: _users(parts).allow(name, audience=resource, scopes=scopes))
    click.echo(f"{name} may have {' '.join(sorted(scopes))} at {found.audience}.")


@user.command()
@click.argument("name")
@click.argument("scope", nargs=-1, required=True)
@_RESOURCE
@operator_command
def forbid(settings: Settings, name: str, scope: tuple[str, ...], resource: str | None) -> None:
    """Take SCOPE… at a resource away from NAME; running tokens for it end."""
    scopes = frozenset(scope)
    found = run_with_parts(settings, lambda parts: _users(parts).forbid(name, audience=resource, scopes=scopes))
    click.echo(f"{name} may no longer have {' '.join(sorted(scopes))} at {found.audience}.")


@user.command()
@click.argument("name")
@operator_command
def disable(settings: Settings, name: str) -> None:
    """Switch NAME's account off; every session of theirs ends."""
    run_with_parts(settings, lambda parts: _users(parts).set_disabled(name, disabled=True))
    click.echo(f"{name} is switched off; every session has ended.")


@user.command()
@click.argument("name")
@operator_command
def enable(settings: Settings, name: str) -> None:
    """Switch NAME's account on again."""
    run_with_parts(settings, lambda parts: _users(parts).set_disabled(name, disabled=False))
    click.echo(f"{name} is switched on.")


def _users(parts: Parts) -> ManageUsers:
    return ManageUsers(store=parts.store, hasher=parts.hasher)
