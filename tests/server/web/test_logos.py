"""Pictures on pages, and where they come from."""

import pytest

from tests.server.domain.test_logos import PNG
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.server.domain.logos import read_logo
from tokensmith.server.flows.client_logos import ClientLogos

pytestmark = pytest.mark.anyio
URL = f"/logos/{read_logo(PNG).digest}"


async def test_people_see_the_picture_of_who_asks_and_it_is_ours(visitor: Visitor, served: Served) -> None:
    """P25: on the sign-in page and where they say yes; nothing is loaded from anywhere else."""
    await visitor.authorize()
    assert "<img" not in visitor.response.text
    await ClientLogos(store=served.world.store).give("web", PNG)
    await visitor.authorize()
    assert f'<img class="logo" src="{URL}" alt=""' in visitor.response.text
    await visitor.sign_in()
    assert f'src="{URL}"' in visitor.response.text
    assert "img-src 'self'" in visitor.response.headers["content-security-policy"]


async def test_a_picture_is_nothing_but_a_picture(served: Served) -> None:
    """Whatever its bytes are: a type from a list, no guessing, no running; and it stays what it is."""
    await served.world.make_web_client()
    await ClientLogos(store=served.world.store).give("web", PNG)
    answer = await served.get(URL)

    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "max-age=31536000" in answer.headers["cache-control"]
    again = await served.get(URL, **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("digest", ["x", "0" * 64, "a" * 65])
async def test_there_is_nothing_under_other_names(served: Served, digest: str) -> None:
    answer = await served.get(f"/logos/{digest}")

    assert answer.status_code == 404
    assert served.refused("unknown_logo") == 1
