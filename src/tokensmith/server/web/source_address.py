"""Where a request came from, as far as that can be believed (decision 15; RFC 7239 §8.1).

Anybody can write `X-Forwarded-For`. It counts only when the peer is a proxy we were told to trust, and is then read
from the right: each trusted proxy vouches for the entry it appended, and the first address that is no trusted proxy is
the caller. An IPv6 address is cut to its /64, since one household or virtual machine has all of one.
"""

import functools
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from tokensmith.server.web.request_headers import header_values

UNKNOWN: Final = "unknown"
MAX_HOPS: Final = 32
MAX_REMEMBERED: Final = 4096

# What proxies write, ours or not; any of them says that the peer speaks for somebody else.
_FORWARDING_HEADERS: Final = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks such as "10.0.0.0/8" or "::1"."""
    return tuple(ipaddress.ip_network(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Sources:
    """Tells callers apart by their address."""

    trusted_proxies: tuple[Network, ...]

    def of(self, scope: Scope) -> str:
        """Return the caller's address: IPv4, an IPv6 /64, or "unknown" where the peer has none (a Unix socket)."""
        address = self.address(scope)
        return UNKNOWN if address is None else _shown(address)

    def address(self, scope: Scope) -> _Address | None:
        """Return the whole address; None where the peer has none."""
        peer = scope.get("client")
        address = _parse(peer[0]) if peer else None
        if address is None or not self._trusts(address):
            return address
        for entry in self._forwarded(scope):
            hop = _parse(entry)
            if hop is None:
                return address
            address = hop
            if not self._trusts(hop):
                return hop
        return address

    def is_proxy(self, scope: Scope) -> bool:
        """Tell whether the peer is a proxy that we were told to trust."""
        peer = scope.get("client")
        address = _parse(peer[0]) if peer else None
        return address is not None and self._trusts(address)

    def is_from(self, scope: Scope, networks: tuple[Network, ...]) -> bool:
        """Tell whether the caller itself is in one of *networks*.

        A forwarding header that nobody trusted vouches for means that the peer is a proxy we do not know: the caller is
        then somebody else, and in none of them.
        """
        address = self.address(scope)
        speaks_for_others = any(header_values(scope, name) for name in _FORWARDING_HEADERS)
        if address is None or (speaks_for_others and not self.is_proxy(scope)):
            return False
        return any(address in network for network in networks)

    def _trusts(self, address: _Address) -> bool:
        return any(address in network for network in self.trusted_proxies)

    def _forwarded(self, scope: Scope) -> list[str]:
        entries = ",".join(header_values(scope, b"x-forwarded-for")).split(",")
        return [entry.strip() for entry in reversed(entries) if entry.strip()][:MAX_HOPS]


@functools.lru_cache(maxsize=MAX_REMEMBERED)
def _parse(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(_without_port(text).partition("%")[0])
    except ValueError:
        return None
    # "::ffff:10.0.0.1" is how a dual-stack socket shows an IPv4 peer.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _without_port(text: str) -> str:
    # Some proxies append "192.0.2.1:4711" or "[2001:db8::1]:4711".
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


@functools.lru_cache(maxsize=MAX_REMEMBERED)
def _shown(address: _Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.IPv6Network((address, 64), strict=False))
