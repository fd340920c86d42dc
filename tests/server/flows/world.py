"""A small world for the flows: an in-memory store with a clock of its own, one resource, two clients, two people."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from tests.server.fake_sealing import HeldSealing
from tests.server.fakes import InMemoryStore
from tests.server.flows.network import Documents
from tokensmith.outbound.doors import AsyncOutside
from tokensmith.server.domain.clients import FIRST_PARTY, Client, GrantType, Lifetimes
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.key_providers import KeyProvider
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.flows.authorization_request import ReadAuthorizationRequest
from tokensmith.server.flows.check_certificate import CheckCertificate
from tokensmith.server.flows.check_password import CheckPassword
from tokensmith.server.flows.client_assertion import ClientAssertions
from tokensmith.server.flows.client_auth import ClientAuth, PresentedClient
from tokensmith.server.flows.client_credentials import ClientCredentials
from tokensmith.server.flows.exchange_assertion import ExchangeAssertion
from tokensmith.server.flows.exchange_code import ExchangeCode
from tokensmith.server.flows.exchange_device import ExchangeDevice
from tokensmith.server.flows.exchange_refresh import ExchangeRefresh
from tokensmith.server.flows.exchange_token import ExchangeToken
from tokensmith.server.flows.first_tokens import FirstTokens
from tokensmith.server.flows.introspect import Introspect
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.keys_of_clients import KeysOfClients
from tokensmith.server.flows.manage_clients import ManageClients, NewClient
from tokensmith.server.flows.manage_resources import ManageResources
from tokensmith.server.flows.manage_users import ManageUsers
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.opaque_tokens import OpaqueTokens
from tokensmith.server.flows.own_access_tokens import OwnAccessToken, OwnAccessTokens
from tokensmith.server.flows.publish_status import PublishStatus
from tokensmith.server.flows.request_objects import RequestObjects
from tokensmith.server.flows.revoke import Revoke
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.flows.sign_in import SignIn, SignInRequest
from tokensmith.server.flows.sign_out import SignOut
from tokensmith.server.flows.tokens import TokenAnswer
from tokensmith.server.storage.sealing import Sealing

ISSUER = "https://id.example"
NOTES = "https://notes.example"
READ, WRITE = "notes:read", "notes:write"
PASSWORD = "correct horse"

T = TypeVar("T")


@dataclass
class CountingHasher:
    """A hasher that costs nothing and counts; "old$" hashes need a rehash."""

    verified: list[str | None] = field(default_factory=list)

    async def hash(self, password: str) -> str:
        return f"new${password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified.append(password_hash)
        return password_hash is not None and password_hash.partition("$")[2] == password

    def needs_rehash(self, password_hash: str) -> bool:
        return password_hash.startswith("old$")


class CountingStore(InMemoryStore):
    """Counts units of work."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.writes = 0

    async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        self.reads += 1
        return await super().read(unit)

    async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        self.writes += 1
        return await super().write(unit)


class World:
    """Everything a flow needs, over one store; `pass_time` moves the database's clock and the process's together."""

    def __init__(self, *, provider: KeyProvider | None = None) -> None:
        self.seconds = 0.0
        self.provider = provider
        self.store = CountingStore()
        self.sealing = HeldSealing(Sealing.generate())
        self.hasher = CountingHasher()
        self.ring = KeyRing(self.store, self.sealing, provider=provider, monotonic=lambda: self.seconds)
        opaque = OpaqueTokens(rotation_keys=self.sealing)
        mint = self.mint = Mint(issuer=ISSUER, ring=self.ring, opaque=opaque)
        own = OwnAccessTokens(issuer=ISSUER, ring=self.ring, opaque=opaque)
        self.keys = RotateKeys(store=self.store, sealers=self.sealing, provider=provider)
        self.users = ManageUsers(store=self.store, hasher=self.hasher)
        self.clients = ManageClients(store=self.store)
        self.resources = ManageResources(store=self.store)
        self.passwords = CheckPassword(store=self.store, hasher=self.hasher, attempts_secret=b"a" * 32)
        first_tokens = FirstTokens(mint=mint, rotation_keys=self.sealing)
        self.sign_in_flow = SignIn(store=self.store, passwords=self.passwords, first_tokens=first_tokens)
        self.refresh_flow = ExchangeRefresh(store=self.store, mint=mint, rotation_keys=self.sealing)
        self.exchange_code = ExchangeCode(store=self.store, first_tokens=first_tokens)
        self.exchange_token = ExchangeToken(store=self.store, access_tokens=own, mint=mint)
        self.exchange_device = ExchangeDevice(store=self.store, first_tokens=first_tokens)
        self.client_credentials = ClientCredentials(store=self.store, mint=mint)
        self.network = Documents()
        self.keys_of_clients = KeysOfClients(outside=AsyncOutside(self.network, lambda: self.seconds, self))
        assertions = ClientAssertions(store=self.store, issuer=ISSUER, keys=self.keys_of_clients)
        certificates = CheckCertificate(store=self.store, authorities=None)
        self.client_auth = ClientAuth(store=self.store, assertions=assertions, certificates=certificates)
        self.exchange_assertion = ExchangeAssertion(
            store=self.store, issuer=ISSUER, keys=self.keys_of_clients, mint=mint
        )
        objects = RequestObjects(store=self.store, issuer=ISSUER, keys=self.keys_of_clients)
        self.read_request = ReadAuthorizationRequest(store=self.store, objects=objects)
        self.sign_out = SignOut(store=self.store, rotation_keys=self.sealing)
        self.revoke = Revoke(store=self.store, access_tokens=own, rotation_keys=self.sealing)
        self.introspect = Introspect(store=self.store, access_tokens=own, rotation_keys=self.sealing)
        self.publish_status = PublishStatus(issuer=ISSUER, store=self.store, ring=self.ring)
        self.own = own
        self.secrets: dict[str, str] = {}

    @classmethod
    async def built(cls, *, provider: KeyProvider | None = None) -> Self:
        """Ada reads, Grace reads and writes; `robot` asks for itself, `watcher` serves the notes resource."""
        world = cls(provider=provider)
        await world.keys.ensure()
        await world.clients.ensure_first_party()
        await world.resources.ensure_identity(ISSUER)
        await world.make_client("watcher", {})
        await world.resources.create(NOTES, scopes=[READ, WRITE], client_id="watcher")
        await world.clients.allow(FIRST_PARTY, audience=NOTES, scopes=frozenset({READ, WRITE}), default=True)
        await world.make_client("robot", {NOTES: frozenset({READ})})
        for name, scopes in (("ada", {READ}), ("grace", {READ, WRITE})):
            await world.users.create(name, password=PASSWORD)
            await world.users.allow(name, audience=NOTES, scopes=frozenset(scopes))
        return world

    async def make_client(self, client_id: str, audiences: dict[str, frozenset[str]]) -> None:
        new = NewClient(
            id=client_id,
            name=client_id.title(),
            grant_types=frozenset({GrantType.CLIENT_CREDENTIALS, GrantType.REFRESH_TOKEN}),
            confidential=True,
            audiences=audiences,
            default_audience=next(iter(audiences), None),
        )
        _, secret = await self.clients.create(new)
        self.secrets[client_id] = secret or ""

    async def make_web_client(self, client_id: str = "web", *, confidential: bool = True, **members: Any) -> None:
        """A client that signs people in; *members* are those of its registration."""
        new = NewClient(
            id=client_id,
            name=f"The {client_id.title()} App",
            grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
            confidential=confidential,
            audiences={NOTES: frozenset({READ, WRITE})},
            default_audience=NOTES,
            registration=Registration(**{"redirect_uris": ("https://app.example/cb",), **members}),
        )
        _, secret = await self.clients.create(new)
        if secret is not None:
            self.secrets[client_id] = secret

    async def change_client(self, client_id: str, **changes: Any) -> None:
        """Change a client behind its back."""

        async def unit(uow: UnitOfWork) -> None:
            client = await uow.clients.find(ClientId(client_id))
            assert client is not None
            await uow.clients.update(replace(client, **changes))

        await self.store.write(unit)

    def now(self) -> float:
        """The time, as a `Clock`."""
        return self.store.now_ms / 1000

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        self.store.advance(round(seconds * 1000))

    async def client(self, client_id: str) -> Client:
        secret = self.secrets.get(client_id)
        presented = PresentedClient(client_id=client_id, secret=secret, method="basic" if secret else "none")
        return await self.client_auth.run(presented)

    async def sign_in(
        self,
        name: str = "ada",
        *,
        password: str = PASSWORD,
        scope: str | None = None,
        resource: str | None = None,
        source: str = "192.0.2.1",
        key_thumbprint: str | None = None,
    ) -> TokenAnswer:
        request = SignInRequest(
            username=name,
            password=password,
            resource=resource,
            scope=scope,
            source=source,
            key_thumbprint=key_thumbprint,
        )
        return await self.sign_in_flow.run(request)

    async def refresh(
        self,
        token: str | None,
        *,
        scope: str | None = None,
        resource: str | None = None,
        key_thumbprint: str | None = None,
    ) -> TokenAnswer:
        client = await self.client(FIRST_PARTY)
        return await self.refresh_flow.run(
            client,
            token or "",
            scope=scope,
            resource=resource,
            source="192.0.2.1",
            key_thumbprint=key_thumbprint,
        )

    async def read(self, answer: TokenAnswer) -> OwnAccessToken:
        """The claims of an access token that verifies."""
        token = await self.own.read(answer.access_token)
        assert token is not None
        return token

    async def is_running(self, answer: TokenAnswer) -> bool:
        """Whether the bit of an access token is still unset."""
        place = (await self.read(answer)).place
        return await self.store.read(lambda uow: uow.status_lists.holder(place)) is not None

    async def audited(self) -> list[str]:
        """The names of all audited events, oldest first."""
        rows = await self.store.read(lambda uow: uow.audit.latest(limit=1000))
        return [row.event.name.value for row in reversed(rows)]

    def give_secret(self, client_id: str) -> None:
        """Make a client confidential behind its back; no repository does that."""
        clients = self.store._state.clients
        clients[ClientId(client_id)] = replace(clients[ClientId(client_id)], secret_digests=(digest("s"),))
        self.secrets[client_id] = "s"

    async def set_lifetimes(self, client_id: str, lifetimes: Lifetimes) -> None:
        """Change a client's spans of time behind its back."""
        await self.change_client(client_id, lifetimes=lifetimes)
