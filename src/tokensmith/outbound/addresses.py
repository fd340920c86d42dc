"""Which addresses may be connected to (RFC 8725 §3.10; server-side request forgery).

The decision is made on the address that is then connected to, never on the name: a name can resolve to a public address
while it is looked at and to 169.254.169.254 a moment later (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Final

from tokensmith.outbound.fetch import FetchError, FetchRules
from tokensmith.outbound.target import Target

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

# Ranges that lead somewhere else than they say: 6to4, Teredo, NAT64 and deprecated forms carry an IPv4 address inside;
# 192.0.0.0/24 and 192.88.99.0/24 are called global by some Python versions and not by others.
_DETOURS: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23",
                    "2002::/16", "fec0::/10")
)  # fmt: skip


def resolve_blocking(host: str, port: int) -> list[str]:
    """Ask the system's resolver for the addresses of *host*, best first; raises `OSError`."""
    return addresses_of(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def addresses_of(found: Iterable[tuple[object, object, object, object, tuple[object, ...]]]) -> list[str]:
    """Take the addresses out of what getaddrinfo returns, each once."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted_addresses(found: Iterable[str], *, target: Target, rules: FetchRules) -> list[str]:
    """Keep those of *found* that *rules* allow for *target*.

    Raises:
        FetchError: None is left ("address_refused").
    """
    found = list(found)
    if target.scheme == "http":
        kept = [address for address in found if _parse(address).is_loopback]
    elif target.origin == rules.trusted_origin:
        kept = found
    else:
        kept = [address for address in found if is_public(address)]
    if not kept:
        raise FetchError(
            "The host has no address that may be connected to.",
            code="address_refused",
            detail=f"{target.origin} resolves to {', '.join(found) or 'nothing'}",
        )
    return kept


def is_public(address: str) -> bool:
    """Say whether *address* is one that the whole internet reaches, and reaches as what it is."""
    parsed = _parse(address)
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in _DETOURS)


def _parse(address: str) -> _Address:
    # A scope ("fe80::1%eth0") is for the operating system; an IPv4 address in IPv6 clothes is judged as what it is.
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return parsed if mapped is None else mapped
