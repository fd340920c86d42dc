"""Where a code may be sent (RFC 6749 §3.1.2, RFC 9700 §2.1 and §4.1, RFC 8252 §7).

Compared as text, never as pattern: each normalisation is a way for somebody to be sent to where nobody registered. The
one exception is the port of a loopback address, which a program on a person's own machine cannot know beforehand
(RFC 8252 §7.3).
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from tokensmith.server.domain.errors import InvalidRequestError

MAX_URI_CHARACTERS: Final = 2048
_LOOPBACK: Final = ("127.0.0.1", "[::1]", "localhost")


def check_redirect_uri(uri: str) -> str:
    """Return *uri* if a client may register it: https, http on loopback, or a scheme of the client's own.

    Raises:
        InvalidRequestError: it may not (`bad_redirect_uri`): no absolute URI, a fragment (RFC 6749 §3.1.2), http
            elsewhere (RFC 9700 §2.6), a user name, or a scheme that is somebody else's (RFC 8252 §7.1).
    """
    if not uri.isascii() or not uri.isprintable() or " " in uri or "\\" in uri or len(uri) > MAX_URI_CHARACTERS:
        raise _bad(uri)
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _bad(uri) from None
    if "#" in uri or "@" in parts.netloc or not parts.scheme:
        raise _bad(uri)
    if parts.scheme == "https" and host:
        return uri
    if parts.scheme == "http" and loopback_host(uri) is not None:
        return uri
    # RFC 8252 §7.1: a scheme of one's own is a domain name turned round, which nobody else has. Nothing that browsers
    # run or open by themselves (javascript, data, file) has a dot.
    if "." in parts.scheme:
        return uri
    raise _bad(uri)


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Tell whether *uri* is one of those registered: the same text, or a loopback address with another port."""
    if uri in registered:
        return True
    without_port = _without_port(uri)
    return without_port is not None and any(without_port == _without_port(one) for one in registered)


def what_differs(sent: str | None, registered: Iterable[str]) -> str:
    """Say, for the log, which part of which registered URI is not as it was sent.

    Of several the one with the fewest differences is meant; a missing slash is the most common.
    """
    if sent is None:
        return "none was sent, and there is not exactly one to choose from"
    found = sorted(((_differences(sent, one), one) for one in registered), key=lambda each: len(each[0]))
    if not found:
        return "none is registered"
    differences, nearest = found[0]
    return f"{', '.join(differences)} differs from {nearest!r}" if differences else f"another spelling of {nearest!r}"


def _differences(sent: str, registered: str) -> tuple[str, ...]:
    try:
        ours, theirs = urlsplit(registered), urlsplit(sent)
        pairs = {
            "scheme": (ours.scheme, theirs.scheme),
            "host": (ours.hostname, theirs.hostname),
            "port": (ours.port, theirs.port),
            "path": (ours.path, theirs.path),
            "query": (ours.query, theirs.query),
            "fragment": (ours.fragment, theirs.fragment),
            "user": (ours.username, theirs.username),
        }
    except ValueError:
        return ("everything",)
    return tuple(f"{name} {b!r:.100}" for name, (a, b) in pairs.items() if a != b)


def loopback_host(uri: str) -> str | None:
    """Return the loopback host that an http URI names, as it is written; None for every other URI."""
    if not uri.startswith("http://"):
        return None
    authority = uri.removeprefix("http://").split("/", 1)[0].split("?", 1)[0]
    for host in _LOOPBACK:
        rest = authority.removeprefix(host)
        if authority.startswith(host) and (rest == "" or (rest[0] == ":" and rest[1:].isdecimal())):
            return host
    return None


def _without_port(uri: str) -> tuple[str, str] | None:
    host = loopback_host(uri)
    # RFC 8252 §7.3 speaks of the addresses; a name is whatever the machine makes of it (§8.3), so it stays exact.
    if host is None or host == "localhost":
        return None
    rest = uri.removeprefix(f"http://{host}")
    return (host, rest.lstrip(":0123456789") if rest.startswith(":") else rest)


def _bad(uri: str) -> InvalidRequestError:
    return InvalidRequestError(
        "A redirect URI is https, http on loopback, or a scheme of the client's own; it has no fragment.",
        code="bad_redirect_uri",
        detail=repr(uri[:300]),
    )
