"""Lines that fit: hanging indents, bodies broken between their members, columns that give way where it is narrow.

Rich fills lines up with spaces to the width of the terminal, which shows in every log and paste; here no line ends in
a space.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich.console import Console
from rich.text import Text

from tokensmith.jose.strict_json import JsonValue
from tokensmith.tour.anatomy import explain
from tokensmith.tour.redaction import redact, redact_header

# What is shown of a body that is no JSON object: an error page is recognised by its beginning.
MAX_CHARACTERS: Final = 500
# A shortened token in its three colours, wherever it appears; the group names are Rich's styles.
_TOKEN: Final = r"(?P<bright_red>eyJ[\w-]*…[\w-]+)\.(?P<bright_magenta>[\w-]+…[\w-]+)\.(?P<cyan>[\w-]*…?[\w-]*)"


def hang(console: Console, mark: Text | str, text: Text, *, indent: int, width: int) -> Iterator[Text]:
    """Put *mark* before a text and break it to *width*, later lines starting under the first letter of the first."""
    head = Text(" " * indent) + (Text(mark) if isinstance(mark, str) else mark)
    room = max(width - head.cell_len, 1)
    for number, line in enumerate(text.wrap(console, room, overflow="fold")):
        whole = (head if number == 0 else Text(" " * head.cell_len)) + line
        whole.rstrip()
        yield whole


def body_lines(body: str, *, width: int) -> list[Text]:
    """Write a body without its secrets, broken between the members of an object or the parameters of a form."""
    try:
        members = json.loads(body)
    except ValueError:
        members = None
    if isinstance(members, dict):
        parts = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in members.items()]
        # Hidden before it is cut into lines: half a secret would not be recognised.
        text = _filled([redact(part) for part in parts], separator=", ", width=width - 2)
        lines = [f"{'{' if number == 0 else ' '}{line}" for number, line in enumerate(text)]
        lines[-1] += "}"
        return [tinted(line) for line in lines]
    return [tinted(line) for line in _filled(redact(body)[:MAX_CHARACTERS].split("&"), separator="&", width=width)]


def header_lines(name: str, value: str, *, width: int) -> list[Text]:
    """Write a header without its secrets, broken between the parameters of its value."""
    first, *rest = _filled(redact_header(name, value).split(", "), separator=", ", width=width - len(name) - 2)
    return [Text.assemble((f"{name}: ", "dim"), tinted(first)), *(Text("  ") + tinted(line) for line in rest)]


def tinted(text: str) -> Text:
    """Colour the three parts of every token in a text."""
    result = Text(text)
    result.highlight_regex(_TOKEN)
    return result


def member_rows(
    members: Mapping[str, JsonValue], meanings: Mapping[str, str], *, style: str
) -> list[tuple[Text, Text]]:
    """Write members as rows: name and meaning in columns of one width, and the value."""
    rows = list(explain(members, meanings))
    names, words = max(len(row.name) for row in rows), max(len(row.meaning) for row in rows)
    return [
        (Text.assemble((f"{row.name:<{names}}  ", style), (f"{row.meaning:<{words}}  ", "dim")), Text(row.value))
        for row in rows
    ]


def _filled(parts: Iterable[str], *, separator: str, width: int) -> list[str]:
    lines = [""]
    for number, part in enumerate(parts):
        joined = f"{lines[-1]}{separator}{part}" if number else part
        if number == 0 or len(joined) < width:
            lines[-1] = joined
        else:
            lines[-1] += separator.rstrip()
            lines.append(part)
    return lines
