"""The examples of the standards for encryption, as Python values."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "vectors" / "jwe"


def load(name: str) -> Any:
    """Read one file of examples."""
    return json.loads((_FOLDER / name).read_text())
