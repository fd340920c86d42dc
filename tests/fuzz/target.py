"""A target: something that reads bytes from strangers, the property it has for any bytes, and where to start from.

Each module of `targets` is one, with two functions: `attempt(data)`, which raises where the property is broken, and
`seeds()`. The property is at least that nothing but a `JoseError` leaves, in bounded time and memory.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One parser under attack."""

    attempt: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]


def both_types(data: bytes) -> tuple[bytes, str]:
    """Spell what a stranger sent as bytes and as text; what is no UTF-8 has lone surrogates in it."""
    return data, data.decode(errors="surrogateescape")


def all_names() -> list[str]:
    """Name every target there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.py"))


def load(name: str) -> Target:
    """Import one target, and with it what it attacks."""
    module = importlib.import_module(f"tests.fuzz.targets.{name}")
    return Target(attempt=module.attempt, seeds=module.seeds)
