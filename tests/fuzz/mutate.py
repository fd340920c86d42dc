"""Change JSON as JSON, also inside the parts of a token: byte by byte hardly anything would stay JSON, or base64url.

Whatever is none is left to libFuzzer's own changes.
"""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any, Final

from tokensmith.jose import JoseError, base64url

_SEPARATORS: Final = re.compile(rb"([.~\n])")
_VALUES: Final = ("", "none", "x" * 600, "\ud800", -1, 0, 1.5, 10**400, 2**53, True, None, [], {}, [1], [[]], {"a": 1})


def mutate(data: bytes, *, seed: int, names: list[str], otherwise: Callable[[bytes], bytes]) -> bytes:
    """Change one part of *data* if it is JSON, plain or in base64url; half of the time, or else, do *otherwise*."""
    random = Random(seed)
    parts = _SEPARATORS.split(data)
    place = random.randrange(0, len(parts), 2)
    for read, write in ((bytes, bytes), (base64url.decode, base64url.encode_bytes)):
        try:
            value = json.loads(read(parts[place]))
        except (JoseError, ValueError, RecursionError):
            continue
        if random.random() < 0.5:
            break
        parts[place] = write(json.dumps(_changed(value, random, names)).encode())
        return b"".join(parts)
    return otherwise(data)


def _changed(value: Any, random: Random, names: list[str]) -> Any:
    """Replace, remove, add or rename something somewhere."""
    if not (isinstance(value, dict | list) and value) or random.random() < 0.1:
        return random.choice(_VALUES)
    if isinstance(value, list):
        place = random.randrange(len(value))
        inner = [] if random.random() < 0.2 else [_changed(value[place], random, names)]
        return value[:place] + inner + value[place + random.randrange(2) :]
    name = random.choice(list(value))
    chance = random.random()
    if chance < 0.2:
        return {**value, random.choice(names): random.choice(_VALUES)}
    if chance < 0.3:
        return {other: item for other, item in value.items() if other != name}
    return {**value, name: _changed(value[name], random, names)}
