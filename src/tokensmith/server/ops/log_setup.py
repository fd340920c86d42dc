"""Structured logs on standard error: JSON for machines, one coloured line for people, secrets taken out of both.

Each record is an event name and facts (`extra=`). Standard logging does the rest, so the web server's own messages come
out in the same form.
"""

import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from tokensmith.server.ops.redaction import redact

Style = Literal["auto", "json", "console"]

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}
_COLORS: Final = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}
_encode: Final = msgspec.json.Encoder(enc_hook=str).encode


def log_configuration(*, level: str, style: Style) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes; it is also what each worker process is given.

    Args:
        level: "debug", "info", "warning" or "error".
        style: "auto" is for people where standard error is a terminal, and JSON elsewhere.
    """
    chosen = style if style != "auto" else ("console" if sys.stderr.isatty() else "json")
    formatter = {"json": JsonFormatter, "console": ConsoleFormatter}[chosen]
    name = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "tokensmith": {"level": name},
            # The web server tells of every connection at INFO; people who run a token server want our events.
            "uvicorn": {"level": "WARNING" if name == "INFO" else name},
        },
    }


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "event": redact(record.getMessage()),
            **_facts(record),
        }
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return _encode(line).decode()


class ConsoleFormatter(logging.Formatter):
    """One line per event, facts as name=value; a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or lines."""
        facts = " ".join(f"{name}={_quoted(value)}" for name, value in _facts(record).items())
        level = f"{record.levelname:<7}"
        if _colored():
            level = f"\x1b[{_COLORS.get(record.levelname, '0')}m{level}\x1b[0m"
        event = _one_line(redact(record.getMessage()))
        line = f"{_time(record):%H:%M:%S} {level} {event}{'  ' if facts else ''}{facts}"
        return f"{line}\n{redact(self.formatException(record.exc_info))}" if record.exc_info else line


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    given = ((name, value) for name, value in vars(record).items() if name not in _STANDARD)
    return {
        name: value if isinstance(value, bool | int | float) else redact(str(value))
        for name, value in given
        if value is not None and value != ""
    }


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and " " not in text and '"' not in text
    return text if plain else _encode(text).decode()


def _one_line(text: str) -> str:
    # A line feed that a caller sent would begin a line of its own, and could be taken for another event.
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _colored() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ
