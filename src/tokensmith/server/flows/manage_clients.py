"""An operator's commands about clients."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.client_keys import check_jwks
from tokensmith.server.domain.clients import FIRST_PARTY, FIRST_PARTY_NAME, OF_PEOPLE, Client, GrantType, Lifetimes
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.redirect_uris import check_redirect_uri
from tokensmith.server.domain.registrations import NOTHING_MORE, AuthMethod, Registration
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.domain.status_lists import LONGEST_TOKEN_SECONDS
from tokensmith.server.domain.stored_secrets import digest, new_client_secret
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.identity_resource import have_identity
from tokensmith.server.flows.known_client import known_client
from tokensmith.server.flows.known_resource import known_resource

MAX_LOST_ANSWER_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """What an operator says of a client.

    Attributes:
        audiences: Which scopes the client may ask for, resource by resource (audience URIs).
        default_audience: The resource of a request that names none.
    """

    id: str
    name: str
    grant_types: frozenset[GrantType]
    confidential: bool
    audiences: Mapping[str, frozenset[str]]
    default_audience: str | None = None
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    signing_alg: str = "ES256"
    registration: Registration = NOTHING_MORE

    @property
    def has_secret(self) -> bool:
        """Whether it is given one. Who signs has none, unless the registration says that it proves itself by it."""
        by_default = None if not self.registration.has_keys else AuthMethod.SECRET
        return self.confidential and self.registration.auth_method in (by_default, AuthMethod.SECRET)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageClients:
    """The flow."""

    store: Store

    async def create(self, new: NewClient) -> tuple[Client, str | None]:
        """Make a client known; returns it with its secret, which is shown this once and stored nowhere.

        One that signs people in may ask who they are; whether it is told, each person decides.

        Raises:
            ConflictError: the id is taken (`client_exists`), a resource or scope is not known, the algorithm is not
                one of ours, a lifetime is out of range, or there is nowhere to send codes to.
            InvalidRequestError: a redirect URI is none (see `check_redirect_uri`).
        """
        check_new_client(new)
        secret = new_client_secret() if new.has_secret else None

        async def unit(uow: UnitOfWork) -> Client:
            client = _client(new, secret, default=await _resource_id(uow, new.default_audience))
            await uow.clients.add(client, created_at_ms=await uow.now_ms())
            for audience, scopes in new.audiences.items():
                await _allow(uow, client.id, audience, scopes)
            if new.grant_types & OF_PEOPLE:
                await have_identity(uow)
                await uow.clients.allow(client.id, IDENTITY, scopes=IDENTITY_SCOPES)
            await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CREATED, client_id=client.id))
            return client

        return await self.store.write(unit), secret

    async def ensure_first_party(self, lifetimes: Lifetimes | None = None) -> Client:
        """Make the built-in client of `/api/login` where it is missing; safe from many processes at once.

        Args:
            lifetimes: Set on the client, new or old; None leaves an old one as it is.
        """

        async def unit(uow: UnitOfWork) -> Client:
            found = await uow.clients.hold(FIRST_PARTY)
            if found is None:
                found = _first_party(lifetimes or Lifetimes())
                await uow.clients.add(found, created_at_ms=await uow.now_ms())
            elif lifetimes is not None and lifetimes != found.lifetimes:
                found = replace(found, lifetimes=lifetimes)
                await uow.clients.update(found)
            return found

        try:
            return await self.store.write(unit)
        except ConflictError:
            # Another process made it between our look and our insert.
            return await self.store.write(unit)

    async def allow(self, client_id: str, *, audience: str, scopes: frozenset[str], default: bool = False) -> None:
        """Let a client ask for scopes at a resource, and make that its default resource if *default*.

        Raises:
            ConflictError: no such client, resource or scope.
        """

        async def unit(uow: UnitOfWork) -> None:
            client = await known_client(uow, client_id)
            await _allow(uow, client.id, audience, scopes)
            if default:
                await uow.clients.update(replace(client, default_resource_id=await _resource_id(uow, audience)))
            details = {"added": " ".join(sorted(scopes)), "at": audience}
            await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, details=details))

        await self.store.write(unit)

    async def allow_details(self, client_id: str, names: tuple[str, ...]) -> None:
        """Let a client ask for these types of authorization details, besides those it may ask for already.

        Raises:
            ConflictError: no such client (`unknown_client`), or a type that no service knows (`unknown_detail_type`).
        """

        async def unit(uow: UnitOfWork) -> None:
            client = await known_client(uow, client_id)
            known = {name for resource in await uow.resources.all() for name in resource.details}
            if unknown := set(names) - known:
                raise ConflictError(f"No service knows {sorted(unknown)}.", code="unknown_detail_type")
            allowed = tuple(dict.fromkeys((*client.registration.detail_types, *names)))
            registration = msgspec.structs.replace(client.registration, detail_types=allowed)
            await uow.clients.update(replace(client, registration=registration))
            details = {"details": " ".join(names)[:200]}
            await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, details=details))

        await self.store.write(unit)

    async def new_secret(self, client_id: str, *, at_once: bool) -> str:
        """Give a client another secret, which is shown this once; the one before stays good beside it.

        So an operator changes a secret without a moment in which neither works: another one, bring it to the client,
        and another one once more with *at_once*, or the next time.

        Args:
            at_once: No earlier secret is good any more: one has leaked.

        Raises:
            ConflictError: no such client (`unknown_client`), or one without a secret (`client_without_secret`).
        """
        secret = new_client_secret()

        async def unit(uow: UnitOfWork) -> None:
            client = await known_client(uow, client_id)
            if not client.secret_digests:
                raise ConflictError(f"{client_id} proves itself without a secret.", code="client_without_secret")
            kept = () if at_once else client.secret_digests[:1]
            await uow.clients.replace_secrets(client.id, (digest(secret), *kept))
            details = {"change": "secret", "at_once": str(at_once).lower()}
            await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, details=details))

        await self.store.write(unit)
        return secret

    async def set_disabled(self, client_id: str, *, disabled: bool) -> None:
        """Switch a client off (which ends every grant it holds) or on again.

        Raises:
            ConflictError: no such client (`unknown_client`).
        """

        async def unit(uow: UnitOfWork) -> None:
            client = await known_client(uow, client_id)
            await uow.clients.update(replace(client, disabled=disabled))
            if disabled:
                await uow.grants.end_of_client(client.id)
            details = {"change": "disabled" if disabled else "enabled"}
            await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, details=details))

        await self.store.write(unit)

    async def all(self) -> tuple[Client, ...]:
        """Return every client, by id."""
        return await self.store.read(lambda uow: uow.clients.all())


def check_new_client(new: NewClient) -> None:
    """Refuse what no client can be.

    Raises:
        ConflictError, InvalidRequestError: see `ManageClients.create`.
    """
    if not {new.signing_alg, new.registration.id_token_alg} <= set(SIGNING_ALGS):
        raise ConflictError(f"The server signs with {' and '.join(SIGNING_ALGS)}.", code="unknown_algorithm")
    _check_addresses(new.registration)
    if new.registration.jwks is not None:
        check_jwks(new.registration.jwks)
    if GrantType.AUTHORIZATION_CODE in new.grant_types and not new.registration.redirect_uris:
        raise ConflictError("A client that signs people in needs a redirect URI.", code="redirect_uri_missing")
    _check_proof(new)
    if not 1 <= new.lifetimes.access <= LONGEST_TOKEN_SECONDS:
        raise ConflictError(f"An access token lives 1 to {LONGEST_TOKEN_SECONDS} s.", code="bad_lifetime")
    if min(new.lifetimes.refresh_idle, new.lifetimes.refresh_absolute) < 1:
        raise ConflictError("A refresh token lives 1 s at least.", code="bad_lifetime")
    if new.lifetimes.reuse_window < 0 or not 0 <= new.lifetimes.lost_answer <= MAX_LOST_ANSWER_SECONDS:
        raise ConflictError(
            f"A window is 0 s or more; for lost answers, {MAX_LOST_ANSWER_SECONDS} s at most.", code="bad_lifetime"
        )


def _check_proof(new: NewClient) -> None:
    known = new.registration
    if known.auth_method is AuthMethod.PRIVATE_KEY_JWT and not known.has_keys:
        raise ConflictError("A client that signs needs keys.", code="client_keys_missing")
    if known.auth_method is AuthMethod.SELF_SIGNED_TLS and known.jwks is None:
        raise ConflictError("A client with a certificate of its own registers it.", code="client_keys_missing")
    if (known.auth_method is AuthMethod.TLS) != (known.certificate_name is not None):
        raise ConflictError("A certified client has the name of its certificate.", code="client_certificate_nameless")
    if new.confidential:
        return
    # RFC 9700 §2.1.1, §4.14.2: nothing else keeps a stolen code, or a stolen refresh token, from being used.
    if not known.requires_pkce:
        raise ConflictError("A client without a secret needs PKCE.", code="pkce_needed")
    if not known.rotates:
        raise ConflictError("The refresh tokens of a client without a secret are rotated.", code="rotation_needed")


def _check_addresses(known: Registration) -> None:
    for uri in (*known.redirect_uris, *known.post_logout_redirect_uris, known.backchannel_logout_uri, known.jwks_uri):
        if uri is not None:
            check_redirect_uri(uri)


def _client(new: NewClient, secret: str | None, *, default: ResourceId | None) -> Client:
    return Client(
        id=ClientId(new.id),
        name=new.name,
        grant_types=new.grant_types,
        secret_digests=(digest(secret),) if secret else (),
        default_resource_id=default,
        lifetimes=new.lifetimes,
        signing_alg=new.signing_alg,
        disabled=False,
        registration=new.registration,
    )


def _first_party(lifetimes: Lifetimes) -> Client:
    return Client(
        id=FIRST_PARTY,
        name=FIRST_PARTY_NAME,
        grant_types=frozenset({GrantType.REFRESH_TOKEN}),
        secret_digests=(),
        default_resource_id=None,
        lifetimes=lifetimes,
        signing_alg="ES256",
        disabled=False,
    )


async def _resource_id(uow: UnitOfWork, audience: str | None) -> ResourceId | None:
    return None if audience is None else (await known_resource(uow, audience)).id


async def _allow(uow: UnitOfWork, client_id: ClientId, audience: str, scopes: frozenset[str]) -> None:
    resource = await known_resource(uow, audience, scopes=scopes)
    await uow.clients.allow(client_id, resource.id, scopes=scopes)
