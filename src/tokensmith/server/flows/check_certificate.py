"""A client proves itself by the certificate of its connection (RFC 8705 §2).

That it holds the certificate's key, TLS has seen to. Whose certificate it is, nobody has: a proxy that lets self-signed
ones through lets everything through, and anybody can write any name into a certificate of their own. So a name counts
only under an authority that we were told of, and the path to it is checked here.
"""

import base64
from dataclasses import dataclass

from tokensmith.jose import JoseError
from tokensmith.jose.jwk import TrustAnchors
from tokensmith.jose.jwk.certificate_members import load_certificate
from tokensmith.server.domain.client_keys import key_alg, names_certificate
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.registrations import AuthMethod
from tokensmith.server.domain.unit_of_work import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCertificate:
    """The flow. *authorities* certify names of clients; None where nobody does."""

    store: Store
    authorities: TrustAnchors | None

    async def run(self, client: Client, certificate: bytes | None) -> None:
        """Refuse a client that is registered for certificates and did not come with one of its own.

        Args:
            certificate: That of the connection, in DER.

        Raises:
            InvalidClientError: there is none (`client_certificate_missing`); it is not registered
                (`client_certificate_unregistered`); or it comes from no authority of ours, is out of date or not for
                clients (`client_certificate_untrusted`), or is somebody else's (`client_certificate_name`).
            UnavailableError: the database cannot be reached.
        """
        if certificate is None:
            raise _refused(client, code="client_certificate_missing")
        if client.auth_method is AuthMethod.SELF_SIGNED_TLS:
            _check_registered(client, certificate)
            return
        # The database's clock: every process says the same of a certificate.
        now_ms = await self.store.read(lambda uow: uow.now_ms())
        self._check_trusted(client, certificate, now=now_ms / MILLISECONDS)
        name = client.registration.certificate_name
        if name is None or not name.is_in(load_certificate(certificate)):
            raise _refused(client, code="client_certificate_name", detail=repr(name))

    def _check_trusted(self, client: Client, certificate: bytes, *, now: float) -> None:
        if self.authorities is None:
            raise _refused(client, code="client_certificate_untrusted", detail="no authority is set")
        try:
            chain = [base64.b64encode(certificate).decode()]
            self.authorities.verify(chain, now=now, alg=key_alg(certificate))
        except JoseError as error:
            detail = f"{error.code} {error.detail}"
            raise _refused(client, code="client_certificate_untrusted", detail=detail) from None


def _check_registered(client: Client, certificate: bytes) -> None:
    try:
        known = names_certificate(client.registration.jwks or '{"keys":[]}', certificate)
    except JoseError as error:
        raise _refused(client, code="client_certificate_unregistered", detail=error.code) from None
    if not known:
        raise _refused(client, code="client_certificate_unregistered")


def _refused(client: Client, *, code: str, detail: str = "") -> InvalidClientError:
    text = "The client did not prove who it is."
    return InvalidClientError(text, code=code, detail=f"{client.id} {detail}"[:400])
