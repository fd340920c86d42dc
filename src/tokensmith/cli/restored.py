"""`tokensmith restored`: what has to be done once after a backup of the database was put back."""

import click

from tokensmith.cli.instant import INSTANT, shown_instant
from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.server.flows.end_restored import EndRestored, Restored
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings


@click.command()
@click.option(
    "--at",
    type=INSTANT,
    help="The backup's time, such as 2026-01-31T03:00Z, if servers ran on it before: what began later goes on.",
)
@operator_command
def restored(settings: Settings, at: int | None) -> None:
    """End all that a restored backup brought back to life.

    It does not know who signed out, whose access was revoked and which key was retired since it was made. So everybody
    signs in again: grants, sessions and consents end, signing keys are replaced, and services refuse every token from
    before within seconds. Run it before the servers start. Breaking it off loses nothing; it may be run again.
    """
    done = run_with_parts(settings, lambda parts: _flow(parts).run(at))
    for line in _lines(done):
        click.echo(line)


def _flow(parts: Parts) -> EndRestored:
    return EndRestored(store=parts.store, keys=RotateKeys(store=parts.store, sealers=parts.sealing))


def _lines(done: Restored) -> list[str]:
    return [
        f"All that had begun by {shown_instant(done.until_ms)} has ended:",
        f"  {len(done.keys)} signing keys, {done.sessions} sessions, {done.grants} grants, {done.consents} consents.",
        f"  {done.going_on} grants that began later go on.",
        "Services refuse every token from before within seconds of a server's start.",
        "Not undone by this: passwords, secrets and permissions that were changed since the backup are the old ones.",
    ]
