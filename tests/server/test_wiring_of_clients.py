"""Clients, joined; what each part does is tested beside it."""

import pytest

from tests.server.flows.world import World
from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(("registration", "status"), [("off", 404), ("open", 201)])
async def test_programs_register_themselves_where_they_may(anyio_backend: str, registration: str, status: int) -> None:
    served = Served(await World.built(), registration=registration)
    answer = await served.post_json("/register", {"redirect_uris": ["https://app.example/cb"]})

    assert answer.status_code == status
