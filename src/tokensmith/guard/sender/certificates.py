"""The certificate of the connection that a token came over, and whether the token is bound to it (RFC 8705 §3).

A service that ends TLS itself has it from its server. Behind a proxy that does, the proxy says it in a header (RFC
9440), and then everything depends on whose word that is: a client that reaches the service directly can send the header
as well.
"""

import hashlib
import hmac
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, Self
from urllib.parse import unquote

from tokensmith.guard.errors import InvalidTokenError, MalformedRequestError
from tokensmith.guard.facts import RequestFacts
from tokensmith.jose import JoseError, base64url

_STANDARD_TO_URL: Final = str.maketrans("+/", "-_", "=")


@dataclass(frozen=True, slots=True, init=False)
class ClientCertificates:
    """Where client certificates come from: the server that runs the service, or a proxy before it."""

    header: bytes | None
    trusted: tuple[IPv4Network | IPv6Network, ...]

    def __init__(self) -> None:
        object.__setattr__(self, "header", None)
        object.__setattr__(self, "trusted", ())

    @classmethod
    def from_proxy(cls, trusted: Collection[str], *, header: str = "client-cert") -> Self:
        """Take them from a header that only some proxies may set; from anybody else it is not looked at.

        Args:
            trusted: Addresses or networks of the proxies, as the service sees them.
            header: "client-cert" (RFC 9440), or one with the certificate in PEM, percent-encoded, as nginx's
                `$ssl_client_escaped_cert` has it.

        Raises:
            TypeError: *trusted* is one string.
            ValueError: There is no address, or one is none.
        """
        if isinstance(trusted, str):
            raise TypeError("trusted is a collection of addresses and networks")
        networks = tuple(ip_network(each) for each in trusted)
        if not networks:
            raise ValueError("name the proxies that may set the header")
        made = cls()
        object.__setattr__(made, "header", header.lower().encode("ascii"))
        object.__setattr__(made, "trusted", networks)
        return made

    def check(self, facts: RequestFacts, *, thumbprint: str) -> None:
        """Check that a request came with the certificate whose SHA-256 thumbprint a token names.

        Raises:
            InvalidTokenError: It came with none ("certificate_missing") or another ("certificate_mismatch").
            MalformedRequestError: The proxy's header cannot be read; code `client_certificate_header`.
        """
        certificate = self.find(facts)
        if certificate is None:
            raise InvalidTokenError("The access token must come with its certificate.", code="certificate_missing")
        found = base64url.encode(hashlib.sha256(certificate).digest())
        if not hmac.compare_digest(found.encode(), thumbprint.encode("utf-8", "replace")):
            raise InvalidTokenError("The access token is bound to another certificate.", code="certificate_mismatch")

    def find(self, facts: RequestFacts) -> bytes | None:
        """Return the client's certificate in DER; None where there is none to believe in."""
        if self.header is None:
            return facts.certificate
        values = facts.values(self.header) if self._is_trusted(facts.peer) else []
        if not values:
            return None
        if len(values) > 1:
            raise _unreadable()
        return _read(values[0])

    def _is_trusted(self, peer: str | None) -> bool:
        try:
            address = ip_address(peer or "")
        except ValueError:
            return False
        # A socket for both families writes an IPv4 address into an IPv6 one.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.trusted)


def _read(value: bytes) -> bytes:
    try:
        text = value.decode("ascii")
        if text.startswith(":") and text.endswith(":"):
            # RFC 9440 §2.1, RFC 9651 §3.3.5: base64 between colons; decoded by its URL-safe twin, which is strict.
            return base64url.decode(text[1:-1].translate(_STANDARD_TO_URL))
        return ssl.PEM_cert_to_DER_cert(unquote(text))
    except (ValueError, JoseError):
        raise _unreadable() from None


def _unreadable() -> MalformedRequestError:
    return MalformedRequestError("The proxy's certificate header cannot be read.", code="client_certificate_header")
