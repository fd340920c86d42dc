"""A client or an account that is switched off as something is granted: nothing is left that goes on."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import cast

import pytest

from tests.server.flows.network import Documents
from tests.server.flows.world import CountingHasher
from tests.server.storage.clocked import ClockedStore
from tests.server.storage.test_races import Race, race
from tokensmith.jose import Key, jwt
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound.doors import AsyncOutside
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import OAuthError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import AssertionIssuer
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.client_credentials import ClientCredentials
from tokensmith.server.flows.exchange_assertion import Assertion, ExchangeAssertion
from tokensmith.server.flows.key_ring import FixedClock, KeyRing
from tokensmith.server.flows.keys_of_clients import KeysOfClients
from tokensmith.server.flows.manage_clients import ManageClients, NewClient
from tokensmith.server.flows.manage_resources import ManageResources
from tokensmith.server.flows.manage_users import ManageUsers
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.opaque_tokens import OpaqueTokens
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.flows.trust_issuer import TrustIssuer
from tokensmith.server.storage.store import SqlStore

pytestmark = pytest.mark.anyio
__all__ = ["race"]
ISSUER, PORTAL, NOTES = "https://id.example", "https://portal.example", "https://notes.example"
KEY = Key.generate("ES256")
ROUNDS = 6

Asking = Callable[[Store], Awaitable[object]]


async def test_a_client_that_is_switched_off_begins_nothing(real_store: ClockedStore, race: Race[object]) -> None:
    """Its first token is being made: whoever switches it off ends that grant, too, or was first."""
    await prepare(real_store)
    for turn in range(ROUNDS):
        name = f"robot{turn}"
        await make_client(real_store, name)
        await race([asking_for_itself(name), asking_for_itself(name), switching_off(name)])

        assert await runs(real_store, name) is False


@pytest.mark.parametrize("what", ["client", "account"])
async def test_an_assertion_begins_nothing_then_either(real_store: ClockedStore, race: Race[object], what: str) -> None:
    """For a client that is switched off, or a person who is."""
    await prepare(real_store)
    users = ManageUsers(store=real_store, hasher=CountingHasher())
    for turn in range(ROUNDS):
        name, person = f"portal{turn}", f"ada{turn}"
        await make_client(real_store, name)
        issuer = AssertionIssuer(issuer=PORTAL, jwks=json.dumps({"keys": [dict(KEY.public().to_jwk())]}))
        await TrustIssuer(store=real_store).trust(name, issuer)
        await users.create(person, password="correct horse battery")
        await users.allow(person, audience=NOTES, scopes=frozenset({"read"}))
        off = switching_off(name) if what == "client" else switching_off_account(person)
        await race([asserting(name, person, await now(real_store)), off])

        assert await runs(real_store, name, person) is False


async def prepare(store: ClockedStore) -> None:
    await RotateKeys(store=store, sealers=store.sealing).ensure()
    await ManageResources(store=store).create(NOTES, scopes=["read"])


async def make_client(store: Store, name: str) -> None:
    new = NewClient(
        id=name,
        name=name,
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
        confidential=True,
        audiences={NOTES: frozenset({"read"})},
        default_audience=NOTES,
    )
    await ManageClients(store=store).create(new)


def asking_for_itself(name: str) -> Asking:
    async def ask(store: Store) -> object:
        client = await store.read(lambda uow: uow.clients.find(ClientId(name)))
        assert client is not None
        with contextlib.suppress(OAuthError):
            await ClientCredentials(store=store, mint=mint_of(store)).run(
                client, scope=None, resource=None, key_thumbprint=None
            )
        return None

    return ask


def asserting(name: str, person: str, seconds: float) -> Asking:
    signer = jwt.Signer(KEY, issuer=PORTAL, audience=ISSUER, lifetime=timedelta(hours=1), clock=FixedClock(seconds))
    asked = Assertion(
        text=signer.sign({"sub": person}), scope=None, resource=None, source="192.0.2.1", key_thumbprint=None
    )

    async def ask(store: Store) -> object:
        client = await store.read(lambda uow: uow.clients.find(ClientId(name)))
        assert client is not None
        keys = KeysOfClients(outside=AsyncOutside(Documents(), SYSTEM_CLOCK.now, SYSTEM_CLOCK))
        flow = ExchangeAssertion(store=store, issuer=ISSUER, keys=keys, mint=mint_of(store))
        with contextlib.suppress(OAuthError):
            await flow.run(client, asked)
        return None

    return ask


def switching_off(name: str) -> Asking:
    return lambda store: ManageClients(store=store).set_disabled(name, disabled=True)


def switching_off_account(person: str) -> Asking:
    return lambda store: ManageUsers(store=store, hasher=CountingHasher()).set_disabled(person, disabled=True)


def mint_of(store: Store) -> Mint:
    sealing = cast("SqlStore", store).sealing
    return Mint(issuer=ISSUER, ring=KeyRing(store, sealing), opaque=OpaqueTokens(rotation_keys=sealing))


async def now(store: Store) -> float:
    return await store.read(lambda uow: uow.now_ms()) / 1000


async def runs(store: Store, name: str, person: str | None = None) -> bool:
    """Whether anything goes on that the client was granted, by itself or by somebody's word."""
    client_id = ClientId(name)
    if person is None:
        return await store.read(lambda uow: uow.grants.of_client_itself(client_id)) is not None
    user = await store.read(lambda uow: uow.users.find_by_name_key(person))
    assert user is not None
    return await store.read(lambda uow: uow.grants.by_assertion(client_id, user.id)) is not None
