"""The first step of `/token`, `/revoke` and `/introspect`: the form, and the client behind it (RFC 6749 §2.3)."""

from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.flows.client_auth import ClientAuth
from tokensmith.server.web.connection_certificates import ConnectionCertificates
from tokensmith.server.web.oauth.presented_client import presented_client
from tokensmith.server.web.parameters import Form, read_form
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.throttle import FailureThrottle

_MAX_COUNTED_NAME: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCall:
    """A form from a client that has proven itself, and where it came from.

    *certificate* is that of the connection, in DER, whatever the client proved itself by.
    """

    form: Form
    client: Client
    source: str
    certificate: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingClients:
    """Reads such calls."""

    client_auth: ClientAuth
    certificates: ConnectionCertificates
    sources: Sources
    failures: FailureThrottle

    async def read(self, request: Request) -> ClientCall:
        """Read the form and prove the client.

        Failures are counted per source *and* client: one service with an old secret must not lock out its neighbours
        behind the same address.

        Raises:
            InvalidRequestError: no such form, two credentials at once, or a certificate that cannot be read.
            InvalidClientError: the client did not prove itself.
            TooManyAttemptsError: it failed to, too often.
            UnavailableError: the database cannot be reached.
        """
        form = await read_form(request)
        source = self.sources.of(request.scope)
        certificate = self.certificates.of(request.scope)
        presented = presented_client(request, form)
        if certificate is not None:
            presented = replace(presented, certificate=certificate)
        counted = f"{source} {presented.client_id[:_MAX_COUNTED_NAME]}"
        self.failures.check(counted)
        try:
            client = await self.client_auth.run(presented)
        except InvalidClientError:
            await self.failures.count_failure(counted)
            raise
        return ClientCall(form=form, client=client, source=source, certificate=certificate)
