"""Foreign text on our terminal: nothing in it moves the cursor, changes a colour or turns the reading direction.

Whoever writes a token chooses its claims; a claim that could clear the screen could also write "verified" on it. What
is not printable is spelled as JSON escapes it, so JSON stays JSON.
"""

import json
import re
from typing import Final

import msgspec

# Long enough for a URL or a list of roles, short enough to leave the rest of the token in sight.
MAX_CHARACTERS: Final = 400
_SUSPECT: Final = re.compile(r"[^\x20-\x7e\n]")


def printable(text: str) -> str:
    """Spell control, format and unassigned characters as JSON escapes; line ends stay."""
    return _SUSPECT.sub(lambda found: found[0] if found[0].isprintable() else _escaped(found[0]), text)


def one_line(text: str) -> str:
    """Spell a value on one line, its end left out where it is long."""
    line = printable(text[: MAX_CHARACTERS + 1]).replace("\n", "\\n")
    return line if len(text) <= MAX_CHARACTERS else f"{line[:MAX_CHARACTERS]}… ({len(text)} characters)"


def as_json(value: object) -> str:
    """Write JSON for people and programs: indented, and safe to look at."""
    return printable(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _escaped(character: str) -> str:
    # json.dumps knows surrogate pairs, and takes DEL for ASCII.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
