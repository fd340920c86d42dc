"""Logs: one event, its facts, no secrets, one line."""

import json
import logging
import logging.config
import sys

import pytest

from tokensmith.server.ops.log_setup import ConsoleFormatter, JsonFormatter, log_configuration


def record(message: str = "refused", *, error: BaseException | None = None, **facts: object) -> logging.LogRecord:
    made = logging.getLogger("tokensmith.server").makeRecord(
        "tokensmith.server",
        logging.WARNING,
        __file__,
        1,
        message,
        (),
        None if error is None else (type(error), error, error.__traceback__),
        extra=facts,
    )
    made.created = 0.5
    return made


def test_a_json_line_has_the_event_and_its_facts() -> None:
    """For whatever collects logs."""
    line = json.loads(JsonFormatter().format(record(code="x", status=401, held=False, nothing=None, empty="")))

    assert line.pop("process") > 0
    assert line == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "warning",
        "logger": "tokensmith.server",
        "event": "refused",
        "code": "x",
        "status": 401,
        "held": False,
    }


def test_a_console_line_is_for_people() -> None:
    """Quoted only where it must be."""
    line = ConsoleFormatter().format(record(code="x", detail="two words", odd='a"b'))

    assert line == '00:00:00 WARNING refused  code=x detail="two words" odd="a\\"b"'


def test_an_event_without_facts_is_just_that() -> None:
    assert ConsoleFormatter().format(record()) == "00:00:00 WARNING refused"


@pytest.mark.parametrize("formatter", [JsonFormatter(), ConsoleFormatter()])
def test_a_traceback_is_kept_and_its_secrets_are_not(formatter: logging.Formatter) -> None:
    """A driver's message may quote the statement's parameters."""
    with pytest.raises(ValueError, match="hush") as raised:
        int("near password=hush")
    text = formatter.format(record(error=raised.value))

    assert "ValueError" in text
    assert "hush" not in text


@pytest.mark.parametrize("formatter", [JsonFormatter(), ConsoleFormatter()])
def test_secrets_are_taken_out_of_the_event_and_of_every_fact(formatter: logging.Formatter) -> None:
    """Also out of objects that are written as text."""
    text = formatter.format(record("for tsr_hush", detail=["tsc_hush"], header="Bearer hush123"))

    assert "hush" not in text


@pytest.mark.parametrize("formatter", [JsonFormatter(), ConsoleFormatter()])
def test_a_line_feed_that_was_sent_does_not_begin_a_line(formatter: logging.Formatter) -> None:
    """CWE-117: it could be taken for another event."""
    text = formatter.format(record("a\n00:00:00 INFO forged", detail="b\nforged \x1b[2J"))

    assert "\n" not in text
    assert "\x1b" not in text


def test_a_terminal_gets_colours_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """no-color.org."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[33mWARNING" in ConsoleFormatter().format(record())

    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in ConsoleFormatter().format(record())


@pytest.mark.parametrize(
    ("style", "terminal", "formatter"),
    [
        ("auto", True, "ConsoleFormatter"),
        ("auto", False, "JsonFormatter"),
        ("json", True, "JsonFormatter"),
        ("console", False, "ConsoleFormatter"),
    ],
)
def test_auto_is_for_people_on_a_terminal(
    style: str, terminal: bool, formatter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)

    configuration = log_configuration(level="info", style=style)  # type: ignore[arg-type]
    assert configuration["formatters"]["ours"]["()"].endswith(formatter)


@pytest.mark.parametrize(("level", "ours", "uvicorn"), [("info", "INFO", "WARNING"), ("debug", "DEBUG", "DEBUG")])
def test_the_web_server_is_quieter_than_we_are(level: str, ours: str, uvicorn: str) -> None:
    """It tells of every start and stop; people who run a token server want our events."""
    loggers = log_configuration(level=level, style="json")["loggers"]

    assert (loggers["tokensmith"]["level"], loggers["uvicorn"]["level"]) == (ours, uvicorn)


def test_the_configuration_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    """`logging.config` takes it, and what is logged comes out on standard error."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "tokensmith", "uvicorn")}
    handlers = list(root.handlers)
    try:
        logging.config.dictConfig(log_configuration(level="info", style="json"))
        logging.getLogger("tokensmith.server").info("started", extra={"port": 1})
        written = capsys.readouterr()
    finally:
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

    assert json.loads(written.err)["port"] == 1
    assert written.out == ""
