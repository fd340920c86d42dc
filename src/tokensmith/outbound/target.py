"""A URL that may be fetched, parsed once (RFC 3986 §3, RFC 6454 §4).

`urllib` forgives much: it drops tabs and line feeds and takes a backslash for a part of the host. A URL from a document
is somebody else's text, so what is not plainly a URL is refused rather than repaired.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAX_URL_CHARACTERS: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect and what to ask for. *host* is in lower case and without the brackets of an IPv6 address."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as a Host header spells them: brackets for IPv6, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port in one spelling, for comparing."""
        return f"{self.scheme}://{self.authority}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is, by its very name, this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_target(url: str) -> Target:
    """Parse an absolute http or https URL without user information or fragment.

    Raises:
        ValueError: It is anything else, or longer than 2048 characters.
    """
    if len(url) > _MAX_URL_CHARACTERS or any(not "!" <= character <= "~" or character == "\\" for character in url):
        raise ValueError("a URL is at most 2048 printable ASCII characters")
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("a URL starts with https:// and names a host")
    if "@" in parts.netloc or "#" in url:
        raise ValueError("a URL carries neither a user nor a fragment")
    port = _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=parts.hostname, port=port, path=path)
