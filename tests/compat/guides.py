"""Read the guides for moving in: their tables and their code."""

import re
from typing import Final

from tests.architecture.tree import TOP

BLOCK: Final = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(guide: str) -> str:
    """One guide by its name."""
    return (TOP / "docs" / f"{guide}.md").read_text()


def rows_below(guide: str, heading: str, *, columns: int) -> list[tuple[str, ...]]:
    """The first columns of the tables under one heading; a cell that is nothing but code loses its quotes."""
    section = text_of(guide).split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")][:columns] for line in lines]
    return [(row[0], *(cell.strip("`") for cell in row[1:])) for row in cells if row[0] != "What"]


def blocks_of(guide: str) -> list[str]:
    """Its pieces of Python, from top to bottom."""
    return [match["code"] for match in BLOCK.finditer(text_of(guide))]
