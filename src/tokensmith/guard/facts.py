"""RequestFacts: all that an adapter has to hand over about a request.

Headers stay a sequence of pairs. A mapping would have to drop or join a header sent twice, and two Authorization
headers must be seen as two: a proxy may have looked at the one and we at the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import msgspec


class RequestFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One HTTP request, as far as a token's verification looks at it. A Struct: one is made for every request.

    Args:
        method: As sent, such as "GET".
        url: Absolute, as the client asked for it.
        headers: Pairs of name and value, in the order received; names in lower case, as ASGI has them.
        peer: The network address that the connection came from, a proxy's where there is one; None where it is unknown.
        certificate: The client's certificate in DER, where the server itself ended TLS and asked for one.
    """

    method: str
    url: str
    headers: Sequence[tuple[bytes, bytes]]
    peer: str | None = None
    certificate: bytes | None = None

    @classmethod
    def from_headers(
        cls, headers: Mapping[str, str] | Iterable[tuple[str, str]], *, method: str = "GET", url: str = ""
    ) -> Self:
        """Make facts from header names and values in text, of any case."""
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in pairs]
        return cls(method=method, url=url, headers=encoded)

    @property
    def path(self) -> str:
        """The path of *url*, as it was sent, without the query."""
        behind_scheme = self.url.partition("://")[2].partition("?")[0]
        return behind_scheme[behind_scheme.find("/") :] if "/" in behind_scheme else ""

    def values(self, name: bytes) -> list[bytes]:
        """Return every value of the header *name*, given in lower case."""
        return [value for key, value in self.headers if key == name]
