"""`tokensmith audit`: what happened, for people to look at and for programs to keep (docs/audit.md)."""

from datetime import UTC, datetime

import click

from tokensmith.cli.instant import INSTANT, shown_instant
from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.table import show_table
from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.audit import AuditRow
from tokensmith.server.flows.export_audit import audit_rows
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings


@click.group()
def audit() -> None:
    """See what happened, and keep it elsewhere. `docs/audit.md` explains every event."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@operator_command
def list_latest(settings: Settings, limit: int) -> None:
    """List the newest events, newest first."""
    rows = run_with_parts(settings, lambda parts: parts.store.read(lambda uow: uow.audit.latest(limit=limit)))
    columns = ("number", "at", "event", "user", "client", "source", "details")
    show_table(columns, [_cells(row) for row in rows], as_json=False)


@audit.command()
@click.option("--since", type=INSTANT, default=0, help="From this moment on, such as 2026-01-31T03:00Z.")
@operator_command
def export(settings: Settings, since: int) -> None:
    """Write events as JSON, one per line, the oldest first."""

    async def write(parts: Parts) -> None:
        async for row in audit_rows(parts.store, since_ms=since):
            click.echo(encode(_members(row)))

    run_with_parts(settings, write)


def _cells(row: AuditRow) -> tuple[str, ...]:
    event = row.event
    details = " ".join(f"{name}={text}" for name, text in event.details.items())
    who = (event.user_id or "", event.client_id or "", event.source or "")
    return (str(row.number), shown_instant(row.at_ms), event.name.value, *who, details)


def _members(row: AuditRow) -> dict[str, JsonValue]:
    event = row.event
    return {
        "number": row.number,
        "at": datetime.fromtimestamp(row.at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        "event": event.name.value,
        "user_id": event.user_id,
        "client_id": event.client_id,
        "grant_id": event.grant_id,
        "source": event.source,
        "details": dict(event.details),
    }
