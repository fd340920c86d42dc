"""`tokensmith keys`: the server's signing keys, and the key that they are sealed with."""

import re
from datetime import timedelta
from typing import Final

import click

from tokensmith.cli.duration import DURATION
from tokensmith.cli.given import STANDARD_INPUT, file_or_dash, read_bytes
from tokensmith.cli.instant import shown_instant
from tokensmith.cli.key_options import Passwords, alg_option, kid_option, password_options
from tokensmith.cli.key_text import parse_key
from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.refusals import told
from tokensmith.cli.table import show_table
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import SIGNING_ALGS, SigningKey
from tokensmith.server.flows.import_key import VERIFY_SECONDS, ImportKey
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings

# An RFC 7638 thumbprint; every 64th begins with a dash, and would be taken for options.
_DASHED_KEY_ID: Final = re.compile(r"-[A-Za-z0-9_-]{42}")

_COLUMNS: Final = ("kid", "alg", "stage", "signs from", "until", "gone at", "held in")
_IMPORT: Final = """\b
Examples:
  tokensmith keys import old-server.pem --alg RS256 --kid 2025-11
  tokensmith keys import old-server-public.json --verify-only --for 12h
"""


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
    """See the signing keys, change them before their time, bring one along, and change what they are sealed with."""


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
            shown_instant(key.active_at_ms if key.ever_signs else None),
            shown_instant(key.retired_at_ms if key.ever_signs else None),
            shown_instant(key.gone_at_ms),
            _held_in(key),
        )
        for key in found
    ]
    # Where all are in the database, which is usual, people have the width of a column for the rest.
    shown = len(_COLUMNS) - (not as_json and all(key.provider_key_id is None for key in found))
    show_table(_COLUMNS[:shown], [row[:shown] for row in rows], as_json=as_json)


@keys.command()
@click.option("--alg", type=click.Choice(SIGNING_ALGS), default="ES256", show_default=True)
@operator_command
def rotate(settings: Settings, alg: str) -> None:
    """Publish a successor now; it signs as soon as everybody can know it."""
    _tell_when_it_signs(run_with_parts(settings, lambda parts: _keys(parts).rotate(alg)))


@keys.command("import", epilog=_IMPORT)
@click.argument("key_file", metavar="FILE", type=click.Path(allow_dash=True), callback=file_or_dash)
@alg_option
@kid_option
@password_options
@click.option(
    "--verify-only", is_flag=True, help="The key signs nothing here: tokens of the former server end in peace."
)
@click.option(
    "--for",
    "lasting",
    type=DURATION,
    help=f"How long it verifies, with --verify-only: as long as the longest token there.  [{VERIFY_SECONDS // 3600}h]",
)
@operator_command
def import_key(
    settings: Settings,
    *,
    key_file: str,
    alg: str | None,
    kid: str | None,
    passwords: Passwords,
    verify_only: bool,
    lasting: timedelta | None,
) -> None:
    """Bring along the signing key of another server, from FILE (JWK, PEM or DER), or from standard input for -.

    Tokens that it signed there stay good here, and it goes on signing, as soon as everybody can know it.
    """
    if lasting is not None and not verify_only:
        raise click.UsageError("--for belongs to --verify-only.")
    if key_file == STANDARD_INPUT == passwords.file:
        raise click.UsageError("Standard input can be read once: name a file for the key or for the password.")
    data = read_bytes(key_file, what="a key")
    with told():
        key = parse_key(data, alg=alg, kid=kid, ask=passwords.ask)
    if verify_only:
        seconds = VERIFY_SECONDS if lasting is None else int(lasting.total_seconds())
        brought = run_with_parts(settings, lambda parts: _import(parts).to_verify(key, kid=kid, seconds=seconds))
        click.echo(f"{brought.kid} verifies until {shown_instant(brought.gone_at_ms)}, and signs nothing.")
    else:
        _tell_when_it_signs(run_with_parts(settings, lambda parts: _import(parts).to_sign(key, kid=kid)))


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


def _import(parts: Parts) -> ImportKey:
    return ImportKey(store=parts.store, sealers=parts.sealing, has_provider=parts.provider is not None)


def _tell_when_it_signs(key: SigningKey) -> None:
    wait = to_seconds(key.active_at_ms - key.published_at_ms)
    click.echo(f"{key.kid} is published; it signs in {wait} s." if wait else f"{key.kid} signs from now on.")


def _keys(parts: Parts) -> RotateKeys:
    return RotateKeys(store=parts.store, sealers=parts.sealing, provider=parts.provider)


def _held_in(key: SigningKey) -> str:
    if key.provider_key_id is not None:
        return "pkcs11"
    return "" if key.sealed_private_jwk is None else "database"
