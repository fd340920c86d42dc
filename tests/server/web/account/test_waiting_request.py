"""The request behind a page."""

import pytest

from tests.server.web.visitor import REQUEST, Visitor
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


async def test_two_tabs_of_a_new_browser_both_go_on(visitor: Visitor) -> None:
    """Each is given a secret before the browser has the other's; it keeps the later one."""
    async with visitor.served.http() as first, visitor.served.http() as second:
        places = [(await tab.get("/authorize", params=REQUEST)).headers["location"] for tab in (first, second)]
        visitor.http.cookies = second.cookies
    for place in places:
        await visitor.go(place)
        assert visitor.title == "/account/sign-in"


async def test_who_is_signed_in_at_a_browser_that_lost_its_other_cookie_goes_on(visitor: Visitor) -> None:
    """The session is known, the browser is new: the request becomes its own with the first page."""
    await visitor.signed_in()
    visitor.http.cookies.delete("__Host-tokensmith-browser", domain="id.example")
    await visitor.authorize(prompt="consent")
    assert visitor.title == "/account/consent"
    await visitor.allow()
    assert "code" in visitor.told
    visitor.http.cookies.delete("__Host-tokensmith-browser", domain="id.example")
    answer = await visitor.http.post("/authorize", data={**REQUEST, "prompt": "consent"})
    await visitor.go(answer.headers["location"])
    await visitor.allow()
    assert "code" in visitor.told


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
    changed = Registration(redirect_uris=("https://app.example/other",))
    await visitor.served.world.change_client("web", registration=changed)
    await visitor.go(url)
    assert visitor.status == 400
    assert visitor.served.refused("redirect_uri_unregistered") == 1
