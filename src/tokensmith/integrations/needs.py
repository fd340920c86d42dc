"""What a route asks for, as people write it: the names of scopes, or a Need made beforehand."""

from tokensmith.guard import Need


def need_of(*wanted: str | Need) -> Need:
    """Return the need that *wanted* means: all of these scopes, or the one Need given.

    Raises:
        TypeError: A Need stands beside something else; which of them would count?
        ValueError: One of the names is no scope.
    """
    scopes = [name for name in wanted if isinstance(name, str)]
    if len(scopes) == len(wanted):
        return Need(*scopes)
    (need, *rest) = wanted
    if rest or not isinstance(need, Need):
        raise TypeError("give the names of scopes, or one Need and nothing else")
    return need
