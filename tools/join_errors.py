"""Join docs/errors.d/*.md, one file per room, into docs/errors.md.

Each room explains its own codes in its own file, so that two changes in two rooms do not meet in one table.
"""

import sys
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
HEAD: Final = """\
# Error codes

The class of an error says what the caller does next; its `code` says what happened and stays the same from release to
release; its private `detail` goes to the log and nowhere else. Every code is listed here, by the room it comes from.

<!-- Joined from docs/errors.d/ by `make docs`. -->
"""


def join(parts: Path) -> str:
    """Return the whole page: the head, then each room's part under its name, by the alphabet."""
    return "\n".join([HEAD, *(section(path) for path in sorted(parts.glob("*.md")))])


def section(part: Path) -> str:
    """Return one room's part; its heading is the file's name: `jose-keys.md` is "jose: keys"."""
    return f"## {part.stem.replace('-', ': ', 1)}\n\n{part.read_text().strip()}\n"


if __name__ == "__main__":
    sys.exit(0 if (DOCS / "errors.md").write_text(join(DOCS / "errors.d")) else 1)
