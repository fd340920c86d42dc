"""Lengths of time as people write them: 90, 90s, 15m, 12h, 30d."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import click

_SPELLING: Final = re.compile(r"([0-9]{1,9})([smhd]?)", re.ASCII)
_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
)


class DurationType(click.ParamType[timedelta]):
    """A whole number with a unit; without one it counts seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read a length of time; anything else is a `BadParameter`."""
        if isinstance(value, timedelta):
            return value
        found = _SPELLING.fullmatch(str(value))
        if found is None:
            self.fail("a length of time is a number and s, m, h or d, such as 15m.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


DURATION: Final = DurationType()
