"""An operator says whose word a client may bring for who a person is (RFC 7523 §2.1, RFC 7521 §4.1)."""

from dataclasses import dataclass, replace

import msgspec

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.client_keys import check_jwks
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.redirect_uris import check_redirect_uri
from tokensmith.server.domain.registrations import AssertionIssuer
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.known_client import known_client


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustIssuer:
    """The flow."""

    store: Store

    async def trust(self, client_id: str, issuer: AssertionIssuer) -> None:
        """Let the client bring assertions of *issuer*; what was said of that issuer before is replaced.

        Raises:
            ConflictError: no such client (`unknown_client`), a public one (`assertions_of_public_client`), one that
                has registered itself (`assertions_of_stranger`), or an issuer without keys or with both kinds
                (`issuer_keys`).
            InvalidRequestError: the keys or their URL cannot be used.
        """
        check_assertion_issuer(issuer)
        await self.store.write(lambda uow: _change(uow, client_id, issuer.issuer, new=issuer))

    async def distrust(self, client_id: str, issuer: str) -> None:
        """Take no more of its assertions from this client; tokens that were made of earlier ones run out.

        Raises:
            ConflictError: no such client (`unknown_client`).
        """
        await self.store.write(lambda uow: _change(uow, client_id, issuer, new=None))


def check_assertion_issuer(issuer: AssertionIssuer) -> None:
    """Refuse an issuer whose assertions cannot be verified; raises as `TrustIssuer.trust` does."""
    if (issuer.jwks is None) == (issuer.jwks_uri is None):
        raise ConflictError("An issuer has keys, or publishes them somewhere.", code="issuer_keys")
    if issuer.jwks is not None:
        check_jwks(issuer.jwks)
    if issuer.jwks_uri is not None:
        check_redirect_uri(issuer.jwks_uri)


async def _change(uow: UnitOfWork, client_id: str, issuer: str, *, new: AssertionIssuer | None) -> None:
    client = await known_client(uow, client_id)
    if client.is_public:
        text = "Anybody could call itself by the name of a client without a secret."
        raise ConflictError(text, code="assertions_of_public_client")
    if not client.registration.is_vouched_for:
        # Its next word about itself would take the issuer away again, and nobody knows whose program it is.
        raise ConflictError(f"{client_id} has registered itself.", code="assertions_of_stranger")
    others = tuple(one for one in client.registration.assertion_issuers if one.issuer != issuer)
    await uow.clients.update(_with(client, others if new is None else (*others, new)))
    details = {"change": "issuer", "trusted": str(new is not None).lower(), "issuer": issuer[:200]}
    await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, details=details))


def _with(client: Client, issuers: tuple[AssertionIssuer, ...]) -> Client:
    grants = client.grant_types - {GrantType.JWT_BEARER}
    return replace(
        client,
        grant_types=grants | {GrantType.JWT_BEARER} if issuers else grants,
        registration=msgspec.structs.replace(client.registration, assertion_issuers=issuers),
    )
