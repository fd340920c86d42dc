"""`tokensmith keys`: the server's signing keys."""

from datetime import UTC, datetime

import click

from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.table import show_table
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS, SIGNING_ALGS
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings


@click.group()
def keys() -> None:
    """See the signing keys, and change them before their time."""


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
            _moment(key.active_at_ms),
            _moment(key.retired_at_ms),
            _moment(key.gone_at_ms),
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


@keys.command()
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


def _keys(parts: Parts) -> RotateKeys:
    return RotateKeys(store=parts.store, sealer=parts.sealing)


def _moment(moment_ms: int | None) -> str:
    return "" if moment_ms is None else f"{datetime.fromtimestamp(to_seconds(moment_ms), UTC):%Y-%m-%d %H:%M:%S}Z"
