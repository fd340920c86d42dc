"""`tokensmith keys`: the server's signing keys, and the key that they are sealed with."""

import re
from typing import Final

import click

from tokensmith.cli.instant import shown_instant
from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.table import show_table
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS, SIGNING_ALGS
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings

# An RFC 7638 thumbprint; every 64th begins with a dash, and would be taken for options.
_DASHED_KEY_ID: Final = re.compile(r"-[A-Za-z0-9_-]{42}")


class TakesKeyId(click.Command):
    """A command whose argument may begin with a dash, as it was copied from `keys list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put key ids where nothing is an option."""
        dashed = [each for each in args if _DASHED_KEY_ID.fullmatch(each)]
        if not dashed or "--" in args:
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, [*(each for each in args if each not in dashed), "--", *dashed])


@click.group()
def keys() -> None:
    """See the signing keys, change them before their time, and change the key they are sealed with."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@operator_command
def list_all(settings: Settings, *, as_json: bool) -> None:
    """List the keys and where each is in its life."""
    found, now_ms = run_with_parts(settings, lambda parts: _keys(parts).all())
    rows = [
        (
            key.kid,
            key.alg,
            "compromised" if key.compromised else key.stage(now_ms=now_ms).value,
            shown_instant(key.active_at_ms),
            shown_instant(key.retired_at_ms),
            shown_instant(key.gone_at_ms),
        )
        for key in found
    ]
    show_table(("kid", "alg", "stage", "signs from", "until", "gone at"), rows, as_json=as_json)


@keys.command()
@click.option("--alg", type=click.Choice(SIGNING_ALGS), default="ES256", show_default=True)
@operator_command
def rotate(settings: Settings, alg: str) -> None:
    """Publish a successor now; it signs as soon as everybody can know it."""
    made = run_with_parts(settings, lambda parts: _keys(parts).rotate(alg))
    click.echo(f"{made.kid} is published; it signs in {JWKS_MAX_AGE_SECONDS} s.")


@keys.command(cls=TakesKeyId)
@click.argument("kid")
@click.option(
    "--compromised",
    is_flag=True,
    required=True,
    help="Somebody else may have the key: it leaves at once, and every token it signed with it.",
)
@operator_command
def retire(settings: Settings, kid: str, *, compromised: bool) -> None:  # noqa: ARG001 - asked for, so that it is meant
    """Take the key KID out at once. For a key whose time is merely up, `rotate` is enough."""
    made = run_with_parts(settings, lambda parts: _keys(parts).retire_compromised(KeyId(kid)))
    click.echo(f"{kid} is out: guards drop it within seconds, and refuse what it signed.")
    if made is not None:
        click.echo(f"{made.kid} signs from now on.")


@keys.command()
@operator_command
def reseal(settings: Settings) -> None:
    """Change the sealing key: seal everything with the next one, and drop the present one.

    With the key in a file beside the SQLite database, the next one is made. Otherwise it is the first one in the
    settings, which every server knows by now: see the guide. Breaking it off loses nothing; it may be run again.
    """
    done = run_with_parts(settings, lambda parts: parts.store.reseal())
    if done.dropped:
        click.echo(f"{done.values} values are sealed with {done.key_id} now.")
    else:
        click.echo(f"Everything was sealed with {done.key_id} already.")
    for key_id in done.dropped:
        click.echo(f"{key_id} is not in use any more.")
    for path in done.put_aside:
        click.echo(f"The former key was put aside, for old copies of the database: {path}")


def _keys(parts: Parts) -> RotateKeys:
    return RotateKeys(store=parts.store, sealers=parts.sealing)
