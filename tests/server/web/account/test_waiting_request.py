"""The request behind a page."""

import pytest

from tests.server.web.visitor import Visitor
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio


async def test_a_request_waits_for_one_browser(visitor: Visitor) -> None:
    """A link to it opens nothing elsewhere."""
    await visitor.authorize()
    async with Visitor(visitor.served) as other:
        await other.go(str(visitor.response.url))

    assert other.status == 400
    assert "finished already" in other.page.text
    assert visitor.served.refused("request_over") == 1


@pytest.mark.parametrize("query", ["", "?request=", "?request=nonsense", "?request=a&request=b"])
async def test_a_page_without_its_request_is_no_page(visitor: Visitor, query: str) -> None:
    await visitor.go(f"/account/sign-in{query}")

    assert visitor.status == 400


@pytest.mark.parametrize(("seconds", "title"), [(3599, "/account/sign-in"), (3600, "400")])
async def test_a_request_waits_for_an_hour(visitor: Visitor, seconds: int, title: str) -> None:
    await visitor.authorize()
    url = str(visitor.response.url)
    visitor.served.world.pass_time(seconds)
    await visitor.go(url)

    assert visitor.title == title


async def test_what_its_client_may_not_do_any_more_is_over(visitor: Visitor) -> None:
    """It is read again for every page: an address that was taken away gets nothing."""
    await visitor.authorize()
    url = str(visitor.response.url)
    changed = Registration(redirect_uris=("https://app.example/cb",), requires_pushed=True)
    await visitor.served.world.change_client("web", registration=changed)
    await visitor.go(url)
    assert visitor.status == 400

    changed = Registration(redirect_uris=("https://app.example/other",))
    await visitor.served.world.change_client("web", registration=changed)
    await visitor.go(url)
    assert visitor.status == 400
    assert visitor.served.refused("redirect_uri_unregistered") == 1
