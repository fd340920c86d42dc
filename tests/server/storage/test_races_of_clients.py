"""Programs that say themselves who they are, and many who say so at once (P87, P88)."""

import contextlib
import json

import pytest

from tests.server.flows.network import Documents
from tests.server.storage.clocked import ClockedStore
from tests.server.storage.test_races import Race, race
from tokensmith.outbound import Response
from tokensmith.server.domain.client_metadata import ClientMetadata
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidCredentialsError
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.client_documents import ClientDocuments
from tokensmith.server.flows.identity_resource import have_identity
from tokensmith.server.flows.manage_clients import ManageClients
from tokensmith.server.flows.register_client import RegisterClient

pytestmark = pytest.mark.anyio
SENT = ClientMetadata(redirect_uris=("https://app.example/cb",))
__all__ = ["race"]


async def test_a_registration_that_is_deleted_while_it_is_changed_stays_deleted(
    real_store: ClockedStore, race: Race[object]
) -> None:
    """RFC 7592 §2.2, §2.3: what the change stores must not bring it back; nor must it for an operator."""
    await real_store.write(have_identity)
    flow = RegisterClient(store=real_store)
    for turn in range(10):
        made = await flow.create(SENT, source="s")
        client_id, token = made.client.id, made.management_token

        async def change(store: Store, client_id: str = client_id, token: str = token) -> None:
            with contextlib.suppress(InvalidCredentialsError):
                for _ in range(20):
                    await RegisterClient(store=store).change(client_id, token, SENT, source="s")

        async def remove(store: Store, client_id: str = client_id, token: str = token) -> None:
            await RegisterClient(store=store).remove(client_id, token, source="s")

        async def switch_off(store: Store, client_id: str = client_id) -> None:
            await ManageClients(store=store).set_disabled(client_id, disabled=True)

        await race([change, change, change, remove if turn % 2 else switch_off])
        found = await real_store.read(lambda uow, key=client_id: uow.clients.find(key))
        assert found is not None
        assert found.disabled


async def test_of_many_who_first_come_with_a_document_nobody_is_refused(
    real_store: ClockedStore, race: Race[Client | None]
) -> None:
    """Each finds the client missing and adds it; one does, and the others find that one."""
    await real_store.write(have_identity)
    for turn in range(10):
        url = f"https://tool.example/{turn}.json"
        document = {"client_id": url, "client_name": "A tool", "redirect_uris": ["https://tool.example/cb"]}
        fetcher = Documents()
        fetcher.answers[url] = Response(status=200, headers={}, body=json.dumps(document).encode())

        async def come(store: Store, url: str = url, fetcher: Documents = fetcher) -> Client | None:
            return await ClientDocuments(store=store, fetcher=fetcher).current(url, None)

        assert {client.name for client in await race([come] * 8) if client} == {"A tool"}
