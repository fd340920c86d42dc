"""Moments that operators name and are shown: ISO 8601 with a zone in, UTC out."""

from datetime import UTC, datetime
from typing import Final

import click

_MILLISECONDS: Final = 1000


class InstantType(click.ParamType[int]):
    """A date and a time with their zone; in milliseconds since 1970.

    Without a zone it would be the machine's, and a server's is seldom that of the person who types.
    """

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a moment; anything else is a `BadParameter`."""
        if isinstance(value, int):
            return value
        found = _parsed(str(value))
        if found is None:
            self.fail("a moment is a date and a time with their zone, such as 2026-01-31T03:00Z.", param, ctx)
        return found


INSTANT: Final = InstantType()


def shown_instant(moment_ms: int | None) -> str:
    """Write a moment of the database, to the second; nothing for none."""
    return "" if moment_ms is None else f"{datetime.fromtimestamp(moment_ms // _MILLISECONDS, UTC):%Y-%m-%d %H:%M:%S}Z"


def _parsed(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
        return int(found.timestamp() * _MILLISECONDS) if found.tzinfo else None
    except ValueError:
        return None
