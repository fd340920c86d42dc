"""Clients, joined; what each part does is tested beside it."""

import base64

import pytest

from tests.server.client_certificates import AUTHORITIES, ROBOT, certified
from tests.server.flows.world import World
from tests.server.web.served import PEER, Served
from tokensmith.server.domain.registrations import AuthMethod

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(("registration", "status"), [("off", 404), ("open", 201)])
async def test_programs_register_themselves_where_they_may(anyio_backend: str, registration: str, status: int) -> None:
    served = Served(await World.built(), registration=registration)
    answer = await served.post_json("/register", {"redirect_uris": ["https://app.example/cb"]})

    assert answer.status_code == status


async def test_certificates_are_read_and_checked_where_a_proxy_asks_for_them(anyio_backend: str) -> None:
    """RFC 8705: the proxy's header and the authorities, to one client."""
    world = await World.built()
    await world.make_web_client(auth_method=AuthMethod.TLS, certificate_name=ROBOT)
    header = {"client-cert": f":{base64.b64encode(certified()).decode()}:"}
    form = {"client_id": "web", "token": "x"}
    settings = {"trusted_proxies": (PEER,), "client_certificate_header": "client-cert"}

    for served, status in (
        (Served(world), 401),
        (Served(world, **settings), 401),
        (Served(world, authorities=AUTHORITIES, **settings), 200),
    ):
        assert (await served.post_form("/revoke", form, **header)).status_code == status
