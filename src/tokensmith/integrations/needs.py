"""What a route asks for, as people write it: the names of scopes, or a Need made beforehand."""

from functools import lru_cache
from typing import Final

from tokensmith.guard import Need

ANY_TOKEN: Final = Need()
"""Any good token will do."""
# More than a service has routes; some frameworks ask with the same names at each request.
_MOST_KEPT: Final = 1024


def need_of(*wanted: str | Need) -> Need:
    """Return the need that *wanted* means: all of these scopes, or the one Need given.

    Raises:
        TypeError: A Need stands beside something else; which of them would count?
        ValueError: One of the names is no scope.
    """
    scopes = [name for name in wanted if isinstance(name, str)]
    if len(scopes) == len(wanted):
        return _need_for(*scopes)
    (need, *rest) = wanted
    if rest or not isinstance(need, Need):
        raise TypeError("give the names of scopes, or one Need and nothing else")
    return need


@lru_cache(_MOST_KEPT)
def _need_for(*scopes: str) -> Need:
    return Need(*scopes)
