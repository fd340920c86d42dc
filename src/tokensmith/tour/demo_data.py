"""What `tokensmith serve --demo` tells of its demo people and clients, read back from the file it writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

DEMO_FILE: Final = Path(".run/demo.json")
SHORT_CLIENT: Final = "demo-short"


class DemoError(Exception):
    """There is no demo to walk through; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The demo: passwords by name, client secrets by id, the service's URI, the server's URL."""

    people: Mapping[str, str] = field(repr=False)
    clients: Mapping[str, str] = field(repr=False)
    audience: str
    issuer: str


class _File(msgspec.Struct):
    demo: Demo


def read_demo(path: Path) -> Demo:
    """Read the file.

    Raises:
        DemoError: it is not there, or not what `serve --demo` writes.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File).demo
    except FileNotFoundError:
        raise DemoError(f"there is no {path}: start `make run`, or name a server with --base") from None
    except (OSError, msgspec.DecodeError) as error:
        raise DemoError(f"{path} cannot be used: {error}") from None
