"""One spelling for the URIs that mean one target, to compare "htu" with (RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3).

Upper and lower case of scheme and host, a default port, percent-encoding of what needs none and dot segments make no
difference; everything else does. Query and fragment are left out, since no proof covers them (RFC 9449 §4.2).
"""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAX_CHARACTERS: Final = 2048
# Printable ASCII less what `urlsplit` would take for something else than it is.
_ALLOWED: Final = re.compile(r"[!-~]+")
_FORBIDDEN: Final = re.compile(r'[\\"<>^`{|}]')
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})?")
# RFC 3986 §2.3; encoded or not, they are the same character.
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def normal_form(uri: str) -> str:
    """Spell an absolute http or https URI in its one normal form, without query and fragment.

    Raises:
        ValueError: It is none, is longer than 2048 characters, or names a user.
    """
    if len(uri) > _MAX_CHARACTERS or not _ALLOWED.fullmatch(uri) or _FORBIDDEN.search(uri):
        raise ValueError("a target URI is at most 2048 characters of RFC 3986")
    parts = urlsplit(uri)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("a target URI is http or https and names a host")
    return f"{parts.scheme}://{_authority(parts)}{_normal_path(parts.path)}"


def _authority(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _normal_path(path: str) -> str:
    return _without_dots(_ESCAPE.sub(_normal_escape, path)) or "/"


def _normal_escape(found: re.Match[str]) -> str:
    if found[1] is None:
        raise ValueError("a percent sign begins no escape")
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else f"%{found[1].upper()}"


def _without_dots(path: str) -> str:
    """Take "." and ".." out of a path (RFC 3986 §5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            # The first segment is the empty one before the leading slash, and stays.
            kept = kept[:1] + kept[1:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)
