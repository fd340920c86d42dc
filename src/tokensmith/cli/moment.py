"""Moments as people read them: the date, and how long ago or how much is left (RFC 7519 §2)."""

from typing import Final

from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE, to_datetime
from tokensmith.jose.strict_json import JsonValue

_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def moment(name: str, value: JsonValue, *, now: float) -> str | None:
    """Write a NumericDate in words; None for what is none.

    Args:
        name: The claim's name: of "exp" it is said whether it is over.
        value: The claim.
        now: Seconds since 1970.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_NUMERIC_DATE:
        return None
    date = f"{to_datetime(value):%Y-%m-%d %H:%M:%S} UTC"
    distance = abs(value - now)
    if value > now:
        return f"{date}, {span(distance)} left" if name == "exp" else f"{date}, in {span(distance)}"
    # RFC 7519 §4.1.4: at that very second it is over.
    return f"{date}, EXPIRED {span(distance)} ago" if name == "exp" else f"{date}, {span(distance)} ago"


def span(seconds: float) -> str:
    """Write a length of time in its two largest units, such as "1 h 5 min"."""
    rest, words = int(seconds), []
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            words.append(f"{count} {unit}")
        if len(words) == 2 or (words and not count):
            break
    return " ".join(words) or "0 s"
