"""Which client is calling, and can it prove that (RFC 6749 §2.3)."""

from dataclasses import dataclass
from typing import Literal

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import BY_CERTIFICATE, AuthMethod
from tokensmith.server.domain.stored_secrets import matches
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.check_certificate import CheckCertificate
from tokensmith.server.flows.client_assertion import ClientAssertions


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedClient:
    """What a request says of its client; *method* says where the secret stood (RFC 6749 §2.3.1).

    *assertion* is what it signed instead of showing a secret (RFC 7523). *certificate*, in DER, is that of the
    connection, meant for us or not (RFC 8705): browsers and proxies send theirs everywhere, so it counts only for
    clients that are registered for one.
    """

    client_id: str
    secret: str | None
    method: Literal["basic", "post", "none", "private_key_jwt"]
    assertion: str | None = None
    certificate: bytes | None = None

    def __repr__(self) -> str:
        return f"<PresentedClient {self.client_id!r} by {self.method}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAuth:
    """The flow."""

    store: Store
    assertions: ClientAssertions
    certificates: CheckCertificate

    async def run(self, presented: PresentedClient) -> Client:
        """Return the client that calls.

        A confidential client must show a secret, or sign where it has registered a key, or come with its certificate;
        others must show no secret: one that nobody checks would only teach its sender that secrets are optional.

        Raises:
            InvalidClientError: unknown, switched off, or not proven; which, is for the log.
            UnavailableError: the database cannot be reached.
        """
        client = await self.store.read(lambda uow: uow.clients.find(ClientId(presented.client_id)))
        if client is None:
            raise _refused(presented, code="client_unknown")
        if client.disabled:
            raise _refused(presented, code="client_disabled")
        if client.auth_method is AuthMethod.PRIVATE_KEY_JWT:
            if presented.assertion is None:
                raise _refused(presented, code="client_assertion_missing")
            await self.assertions.check(client, presented.assertion)
            return client
        if presented.assertion is not None:
            raise _refused(presented, code="client_assertion_unexpected")
        if client.auth_method is AuthMethod.SECRET:
            _check_secret(client, presented)
            return client
        if presented.secret is not None:
            raise _refused(presented, code="client_secret_unexpected")
        if client.auth_method in BY_CERTIFICATE:
            await self.certificates.run(client, presented.certificate)
        return client


def _check_secret(client: Client, presented: PresentedClient) -> None:
    secret = presented.secret
    if secret is None or not any(matches(secret, stored) for stored in client.secret_digests):
        raise _refused(presented, code="client_secret_wrong")


def _refused(presented: PresentedClient, *, code: str) -> InvalidClientError:
    return InvalidClientError("The client did not prove who it is.", code=code, detail=repr(presented))
