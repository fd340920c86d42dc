"""How long a key set may be used without asking again (RFC 9111 §4.2.1, §5.2.2)."""

import re
from collections.abc import Mapping
from typing import Final

DEFAULT_SECONDS: Final = 300
# A shorter life than this would make a careless header a load on the issuer; an unknown key id asks anyway.
FLOOR_SECONDS: Final = 10
# A longer one would keep a key that was withdrawn.
CEILING_SECONDS: Final = 3600

_MAX_AGE: Final = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_NEVER: Final = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?:$|[\s,])", re.IGNORECASE)


def lifetime_seconds(headers: Mapping[str, str]) -> int:
    """Return for how many seconds an answer with these headers is fresh, within our own bounds."""
    control = headers.get("cache-control", "")
    if _NEVER.search(control):
        return FLOOR_SECONDS
    named = _MAX_AGE.search(control)
    if named is None:
        return DEFAULT_SECONDS
    # A shared cache on the way has used up a part of it already.
    age = headers.get("age", "")
    spent = int(age) if re.fullmatch(r"[0-9]{1,10}", age) else 0
    return min(max(int(named[1]) - spent, FLOOR_SECONDS), CEILING_SECONDS)
