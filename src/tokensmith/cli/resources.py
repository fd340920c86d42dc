"""`tokensmith resource`: the services that take our tokens."""

import click

from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.table import show_table
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.flows.manage_resources import ManageResources
from tokensmith.server.settings import Settings

_SCOPE_HELP = (
    "A scope the service knows, if you like with what it allows, as in notes:read='Read your notes'; may be repeated."
)


@click.group()
def resource() -> None:
    """Make services known that take our tokens."""


@resource.command()
@click.argument("uri")
@click.option("--scope", "scopes", multiple=True, required=True, help=_SCOPE_HELP)
@click.option("--title", help="What people are shown; URI unless given.")
@click.option("--open", "is_open", is_flag=True, help="Programs that register themselves may ask for its scopes.")
@click.option("--client", metavar="ID", help="The client by which the service asks about tokens (RFC 7662).")
@operator_command
def create(
    settings: Settings, uri: str, *, scopes: tuple[str, ...], title: str | None, is_open: bool, client: str | None
) -> None:
    """Make the service URI known, the URI that its tokens carry as audience."""
    texts = {name: text for name, _, text in (scope.partition("=") for scope in scopes)}
    made = run_with_parts(
        settings,
        lambda parts: ManageResources(store=parts.store).create(
            uri, scopes=texts, client_id=client, title=title, is_open=is_open
        ),
    )
    click.echo(f"Created {made.audience} with {' '.join(sorted(made.scopes))}.")


@resource.command()
@click.argument("uri")
@click.argument("name")
@click.argument("text")
@click.option("--member", "members", multiple=True, help="A member it may have besides those of RFC 9396.")
@operator_command
def details(settings: Settings, uri: str, name: str, text: str, *, members: tuple[str, ...]) -> None:
    """Let the service URI know authorization details of type NAME; TEXT says to people what one allows (RFC 9396)."""
    kind = DetailType(text=text, members=members)
    run_with_parts(settings, lambda parts: ManageResources(store=parts.store).know_details(uri, name, kind))
    click.echo(f"{uri} knows {name}.")


@resource.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@operator_command
def list_all(settings: Settings, *, as_json: bool) -> None:
    """List every service."""
    resources = run_with_parts(settings, lambda parts: ManageResources(store=parts.store).all())
    show_table(
        ("audience", "scopes", "client"),
        [(one.audience, " ".join(sorted(one.scopes)), one.client_id or "") for one in resources],
        as_json=as_json,
    )
