"""`tokensmith apply`: services and programs as a file has them, which is kept with everything else that is deployed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

import click

from tokensmith.cli.declaration_file import read_file
from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.secret_files import secret_files
from tokensmith.cli.shown_plan import show_plan
from tokensmith.server.domain.declarations import Declarations
from tokensmith.server.domain.errors import DeclarationError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.stored_secrets import new_client_secret
from tokensmith.server.flows.apply_declarations import ApplyDeclarations
from tokensmith.server.flows.declaration_plan import Plan
from tokensmith.server.settings import Settings

# Neither 1, refused, nor 2, a wrong command line or setting: a check that runs by night must tell them apart.
DIFFERS_STATUS: Final = 3

_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_DRY_RUN_HELP: Final = f"Only show what differs; exit status {DIFFERS_STATUS} if anything does."
_SECRETS_HELP: Final = "Write each new secret to a new file here, named by the client's id, instead of showing it."


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_DRY_RUN_HELP)
@click.option("--yes", is_flag=True, help="Do not ask, for deployments.")
@click.option("--secrets-to", "folder", metavar="DIRECTORY", type=_FOLDER, help=_SECRETS_HELP)
@operator_command
def apply(settings: Settings, path: Path, *, dry_run: bool, yes: bool, folder: Path | None) -> None:
    """Make the services and programs of FILE what it says; show first what differs, and ask.

    What FILE does not name is left alone. A program that gets a secret is shown with it once, on standard output: its
    id, a space, the secret.
    """
    with _naming(path):
        declared = read_file(path)
        plan = run_with_parts(settings, lambda parts: ApplyDeclarations(store=parts.store).plan(declared))
        # In a dry run the differences are what was asked for; else nothing but secrets goes to standard output.
        show_plan(plan, err=not dry_run)
        if not plan.differences:
            click.echo("Nothing differs.", err=True)
        elif dry_run:
            click.get_current_context().exit(DIFFERS_STATUS)
        elif yes or click.confirm("Apply this?", err=True):
            _apply(settings, declared, plan, folder)
        else:
            raise click.ClickException("Nothing was changed.")


def _apply(settings: Settings, declared: Declarations, plan: Plan, folder: Path | None) -> None:
    secrets = {client_id: new_client_secret() for client_id in plan.new_secrets}
    with nullcontext() if folder is None else secret_files(folder, secrets):
        run_with_parts(
            settings,
            lambda parts: ApplyDeclarations(store=parts.store).run(declared, shown=plan, secrets=secrets),
        )
    click.echo("Applied.", err=True)
    if folder is None:
        _show_secrets(secrets)


def _show_secrets(secrets: Mapping[ClientId, str]) -> None:
    if secrets:
        click.echo("Secrets, which are stored nowhere and not shown again:", err=True)
    for client_id, secret in secrets.items():
        click.echo(f"{client_id} {secret}")


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except DeclarationError as error:
        raise DeclarationError(f"{path}: {error}", code=error.code, detail=error.detail) from None
