"""`/logout`, module by module of the OpenID Foundation's RP-initiated plan, which the docstrings name (P90, P91)."""

from typing import Any

import pytest

from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.jose import Key, jwt

pytestmark = pytest.mark.anyio
BYE = "https://app.example/bye"


@pytest.fixture
async def visitor(served: Served) -> Visitor:
    await served.world.make_web_client(post_logout_redirect_uris=(BYE, BYE + "?a=b"))
    return Visitor(served)


async def hint_of(visitor: Visitor, name: str = "ada") -> str:
    token: str = (await visitor.redeem(await visitor.signed_in(name))).json()["id_token"]
    return token


async def log_out(visitor: Visitor, **parameters: str) -> Visitor:
    return await visitor.go("/logout", params=parameters)


async def is_signed_in(visitor: Visitor) -> bool:
    await visitor.authorize(prompt="none")
    return "code" in visitor.told


@pytest.mark.parametrize("uri", [BYE, BYE + "?a=b"])
async def test_with_everything_the_browser_comes_back(visitor: Visitor, uri: str) -> None:
    """oidcc-rp-initiated-logout: state and all, nobody asked; and then prompt=none fails."""
    hint = await hint_of(visitor)
    await log_out(visitor, id_token_hint=hint, post_logout_redirect_uri=uri, state="st&te")

    location = visitor.response.headers["location"]
    assert (visitor.status, location) == (303, f"{uri}{'&' if '?' in uri else '?'}state=st%26te")
    assert not await is_signed_in(visitor)


async def test_without_state_nothing_is_added(visitor: Visitor) -> None:
    """oidcc-rp-initiated-logout-no-state."""
    await log_out(visitor, id_token_hint=await hint_of(visitor), post_logout_redirect_uri=BYE)

    assert visitor.response.headers["location"] == BYE


async def test_a_form_is_as_good_as_a_query(visitor: Visitor) -> None:
    """P90: POST, from another site's page, without cookies."""
    hint = await hint_of(visitor)
    body = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s", "other": "x"}
    async with visitor.served.http() as stranger:
        answer = await stranger.post("/logout", data=body)
    await visitor.go(answer.headers["location"])

    assert visitor.response.headers["location"] == BYE + "?state=s"
    assert not await is_signed_in(visitor)


@pytest.mark.parametrize(
    "uri", ["https://evil.example/", BYE + "/", BYE + "?a=c", BYE + "?a=b&c=d", "https://app.example/cb"]
)
async def test_an_address_that_is_not_registered_is_not_gone_to(visitor: Visitor, uri: str) -> None:
    """oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-: a page, and signed in still."""
    await log_out(visitor, id_token_hint=await hint_of(visitor), post_logout_redirect_uri=uri)

    assert visitor.status == 400
    assert uri not in visitor.response.text
    assert visitor.served.refused("sign_out_address") == 1
    assert await is_signed_in(visitor)


async def test_a_hint_that_is_not_ours_is_refused(visitor: Visitor) -> None:
    """oidcc-rp-initiated-logout-modified-id-token-hint, -bad-id-token-hint: alg none, another's key."""
    hint = await hint_of(visitor)
    payload = hint.split(".")[1]
    claims: Any = dict(jwt.read_unverified(hint).unverified_claims)
    for bad in (f"eyJhbGciOiJub25lIn0.{payload}.", jwt.sign(claims, Key.generate("RS256")), "nonsense"):
        await log_out(visitor, id_token_hint=bad, post_logout_redirect_uri=BYE)
        assert visitor.status == 400
    assert visitor.served.refused("sign_out_hint") == 3
    assert await is_signed_in(visitor)


@pytest.mark.parametrize("parameters", [{}, {"state": "s"}, {"client_id": "web"}])
async def test_without_a_hint_the_person_is_asked(visitor: Visitor, parameters: dict[str, str]) -> None:
    """oidcc-rp-initiated-logout-no-params, -only-state, -no-id-token-hint: and ends on a page of ours."""
    await hint_of(visitor)
    await log_out(visitor, **parameters)
    assert (visitor.title, "You are signed in as ada." in visitor.page.text) == ("/logout", True)
    assert ("The Web App asks you" in visitor.page.text) is ("client_id" in parameters)
    await visitor.submit(decision="sign_out")

    assert "You are signed out" in visitor.page.text
    assert not await is_signed_in(visitor)


async def test_no_hint_no_way_back(visitor: Visitor) -> None:
    """oidcc-rp-initiated-logout-no-id-token-hint, with an address: anybody could have sent the person."""
    await hint_of(visitor)
    await log_out(visitor, client_id="web", post_logout_redirect_uri=BYE)

    assert visitor.status == 400


async def test_who_says_no_stays(visitor: Visitor) -> None:
    await hint_of(visitor)
    await log_out(visitor)
    await visitor.submit(decision="stay")

    assert await is_signed_in(visitor)


async def test_the_page_is_ours_and_this_browsers(visitor: Visitor) -> None:
    """Nobody is signed out by another site's form."""
    await hint_of(visitor)
    await log_out(visitor)
    answer = await visitor.http.post("/logout", data={"form_token": "x", "decision": "sign_out"})

    assert answer.status_code == 403
    assert await is_signed_in(visitor)


async def test_another_sessions_hint_asks(visitor: Visitor) -> None:
    """A hint that somebody else was given does not sign this person out unasked, and the way back stays open."""
    async with Visitor(visitor.served) as other:
        hint = await hint_of(other, "grace")
    await hint_of(visitor)
    await log_out(visitor, id_token_hint=hint, post_logout_redirect_uri=BYE, state="s")
    assert visitor.title == "/logout"
    await visitor.submit(decision="sign_out")

    assert visitor.response.headers["location"] == BYE + "?state=s"


async def test_nobody_to_sign_out_is_no_error(visitor: Visitor) -> None:
    """A second time, and in a new browser."""
    hint = await hint_of(visitor)
    for _ in range(2):
        await log_out(visitor, id_token_hint=hint, post_logout_redirect_uri=BYE)
        assert visitor.response.headers["location"] == BYE
    async with Visitor(visitor.served) as stranger:
        await log_out(stranger)
        assert "You are signed out" in stranger.page.text


async def test_signing_out_ends_what_hung_on_it(visitor: Visitor) -> None:
    """Back-Channel Logout §2.7: refresh tokens without offline_access; those with it go on."""
    first = (await visitor.redeem(await visitor.signed_in())).json()
    second = (await visitor.redeem(await visitor.signed_in(scope="openid offline_access"))).json()
    await log_out(visitor, id_token_hint=first["id_token"])

    async def refreshed(tokens: dict[str, str]) -> int:
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        return (await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")})).status_code

    assert (await refreshed(first), await refreshed(second)) == (400, 200)
