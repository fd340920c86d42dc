"""How clients are known, prove who they are, and register themselves; joined once."""

from tokensmith.guard.sender import ClientCertificates
from tokensmith.outbound.outside import Outside
from tokensmith.server.domain.registrations import BY_CERTIFICATE, AuthMethod
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.check_certificate import CheckCertificate
from tokensmith.server.flows.client_assertion import ClientAssertions
from tokensmith.server.flows.client_auth import ClientAuth
from tokensmith.server.flows.keys_of_clients import KeysOfClients
from tokensmith.server.flows.register_client import RegisterClient
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings
from tokensmith.server.web.connection_certificates import ConnectionCertificates
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.oauth.register import RegisterHandlers
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.throttle import FailureThrottle


class ClientsWiring:
    """What several handlers share of it is an attribute."""

    def __init__(self, settings: Settings, parts: Parts, store: Store, *, sources: Sources, outside: Outside) -> None:
        self._settings, self._parts, self._store, self._sources = settings, parts, store, sources
        self.keys = KeysOfClients(outside=outside)
        assertions = ClientAssertions(store=store, issuer=settings.issuer, keys=self.keys)
        check = CheckCertificate(store=store, authorities=parts.authorities)
        self.auth = ClientAuth(store=store, assertions=assertions, certificates=check)
        self.certificates = ConnectionCertificates(_reader(settings))
        failures = FailureThrottle(parts.client_failures)
        self.calling = CallingClients(
            client_auth=self.auth, certificates=self.certificates, sources=sources, failures=failures
        )

    @property
    def by_certificate(self) -> frozenset[AuthMethod]:
        """The ways to prove oneself by a certificate that are offered (RFC 8705 §2)."""
        if self.certificates.reader is None:
            return frozenset()
        return BY_CERTIFICATE if self._parts.authorities is not None else frozenset({AuthMethod.SELF_SIGNED_TLS})

    def register(self) -> RegisterHandlers | None:
        """Return `/register`, where programs may."""
        if self._settings.registration == "off":
            return None
        return RegisterHandlers(
            register=RegisterClient(store=self._store, by_certificate=self.by_certificate),
            issuer=self._settings.issuer,
            initial_token=self._settings.registration_token,
            sources=self._sources,
            limit=self._parts.sign_ins,
        )


def _reader(settings: Settings) -> ClientCertificates | None:
    header = settings.client_certificate_header
    return ClientCertificates.from_proxy(settings.trusted_proxies, header=header) if header else None
