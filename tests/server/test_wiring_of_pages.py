"""The pages, joined; what each does is tested beside it."""

import pytest

from tests.server.flows.world import World
from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("path", ["/authorize", "/account/sign-in", "/account/consent", "/device/confirm", "/nothing"])
async def test_people_get_pages_and_programs_get_json(anyio_backend: str, path: str) -> None:
    """Errors too: whoever came with a browser is not shown JSON."""
    served = Served(await World.built())
    answer = await served.get(path)
    is_page = path != "/nothing"

    assert answer.status_code == (400 if is_page else 404)
    assert answer.headers["content-type"].startswith("text/html" if is_page else "application/json")
