"""`/authorize`: when a person is asked, and when not (Core §3.1.2.1)."""

import pytest

from tests.server.web.served import Served
from tests.server.web.visitor import APP, Visitor

pytestmark = pytest.mark.anyio
SIGN_IN = "/account/sign-in"
CONSENT = "/account/consent"


async def test_prompt_none_shows_nothing(visitor: Visitor) -> None:
    """P26: nobody signed in; nothing allowed yet; then a code."""
    await visitor.authorize(prompt="none")
    assert (visitor.sent_to, visitor.told["error"]) == (APP, "login_required")
    await visitor.authorize()
    await visitor.sign_in()
    await visitor.authorize(prompt="none")
    assert visitor.told["error"] == "consent_required"
    await visitor.signed_in()
    await visitor.authorize(prompt="none")
    assert "code" in visitor.told


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}])
async def test_a_client_may_insist_on_a_new_proof(visitor: Visitor, changes: dict[str, str]) -> None:
    """P27, P29: even of who is signed in; and one is enough."""
    await visitor.signed_in()
    visitor.served.world.pass_time(3)
    await visitor.authorize(**changes)
    assert visitor.title == SIGN_IN
    assert "once more" in visitor.page.text
    await visitor.sign_in()

    assert "code" in visitor.told


async def test_a_sign_in_is_young_enough_up_to_max_age(visitor: Visitor) -> None:
    """P29: to the second."""
    await visitor.signed_in()
    visitor.served.world.pass_time(10)
    await visitor.authorize(max_age="10")
    assert "code" in visitor.told
    visitor.served.world.pass_time(1)
    await visitor.authorize(max_age="10")
    assert visitor.title == SIGN_IN


async def test_prompt_consent_asks_again(visitor: Visitor) -> None:
    await visitor.signed_in()
    await visitor.authorize(prompt="consent")
    assert visitor.title == CONSENT
    await visitor.allow()

    assert "code" in visitor.told


async def test_a_hint_names_who_is_meant(visitor: Visitor) -> None:
    """P31: with prompt=none, the same person gets a code and another one does not; rubbish is nobody."""
    hint = (await visitor.redeem(await visitor.signed_in())).json()["id_token"]
    await visitor.authorize(prompt="none", id_token_hint=hint)
    assert "code" in visitor.told
    visitor.served.world.pass_time(3600)
    await visitor.authorize(prompt="none", id_token_hint=hint)
    assert "code" in visitor.told, "an expired hint still names somebody"
    await visitor.authorize(prompt="none", id_token_hint=hint[:-4] + "AAAA")
    assert visitor.told["error"] == "login_required"
    async with Visitor(visitor.served) as other:
        await other.signed_in("grace")
        await other.authorize(prompt="none", id_token_hint=hint)
        assert other.told["error"] == "login_required"
        await other.authorize(id_token_hint=hint)
        assert other.title == SIGN_IN
        await other.authorize(id_token_hint="nonsense")
        assert "code" in other.told, "a hint that names nobody asks nobody"


async def test_a_client_of_the_house_asks_nobody(served: Served) -> None:
    """Only for clients that the operator marks so."""
    await served.world.make_web_client(trusted=True)
    async with Visitor(served) as visitor:
        await visitor.authorize()
        await visitor.sign_in()
        assert "code" in visitor.told
        await visitor.authorize(prompt="consent")
        assert visitor.title == CONSENT


@pytest.mark.parametrize(
    ("uri", "asked"), [("http://127.0.0.1/cb", True), ("com.example.app:/cb", True), ("https://app.example/cb", False)]
)
async def test_a_program_that_could_be_any_program_is_asked_about_each_time(
    served: Served, uri: str, asked: bool
) -> None:
    """RFC 8252 §8.6: a public client is who it says where its address is its own; prompt=none is no way around."""
    await served.world.make_web_client(confidential=False, redirect_uris=(uri,))
    async with Visitor(served) as visitor:
        await visitor.signed_in(redirect_uri=uri)
        await visitor.authorize(redirect_uri=uri)
        assert (visitor.title == CONSENT) is asked
        await visitor.authorize(redirect_uri=uri, prompt="none")
        assert ("code" in visitor.told) is not asked
