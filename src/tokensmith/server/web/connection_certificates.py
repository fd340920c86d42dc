"""The client certificate of a request's connection, in the word of the proxy that ended TLS (RFC 8705 §6.5, RFC 9440).

Read by the guard's own reader, so there is one rule for whose word counts: `trusted_proxies`, and nobody else.
"""

from dataclasses import dataclass

from starlette.types import Scope

from tokensmith.guard.errors import MalformedRequestError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.sender import ClientCertificates
from tokensmith.server.domain.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class ConnectionCertificates:
    """Finds it; *reader* is None where no proxy was named that asks for certificates."""

    reader: ClientCertificates | None

    def of(self, scope: Scope) -> bytes | None:
        """Return the certificate in DER; None where there is none to believe in.

        Raises:
            InvalidRequestError: the proxy's header is there twice, or cannot be read (`client_certificate_header`).
        """
        if self.reader is None:
            return None
        peer = scope.get("client")
        facts = RequestFacts(method="", url="", headers=scope["headers"], peer=peer[0] if peer else None)
        try:
            return self.reader.find(facts)
        except MalformedRequestError as error:
            raise InvalidRequestError(str(error), code=error.code) from None
