"""The consent page."""

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, WRITE
from tests.server.web.served import Served
from tests.server.web.visitor import APP, Visitor
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.web.account.consent import where_to
from tokensmith.server.web.texts import texts_in

pytestmark = pytest.mark.anyio


async def test_the_page_names_who_asks_for_what_and_where_it_leads(visitor: Visitor) -> None:
    """P36: client, scopes in plain words, the host of the redirect, and as whom one says yes."""
    await visitor.authorize()
    await visitor.sign_in()
    text = visitor.page.text

    assert "The Web App would like to:" in text
    assert "Know who you are here" in text
    assert "See your name and profile" in text
    assert f"notes:read at {NOTES}" in " ".join(text.split())
    assert "you will be sent to app.example" in text
    assert "You are signed in as ada." in text
    assert "new" not in text.split()


async def test_services_may_say_what_their_scopes_allow(served: Served) -> None:
    await served.world.resources.create("https://mail.example", scopes={"mail:read": "Read your mail"}, title="Mail")
    await served.world.make_web_client()
    await served.world.clients.allow("web", audience="https://mail.example", scopes=frozenset({"mail:read"}))
    await served.world.users.allow("ada", audience="https://mail.example", scopes=frozenset({"mail:read"}))
    async with Visitor(served) as visitor:
        await visitor.authorize(scope="openid mail:read", resource="https://mail.example")
        await visitor.sign_in()

    assert "Read your mail at Mail" in " ".join(visitor.page.text.split())


async def test_a_no_is_told_to_the_client(visitor: Visitor) -> None:
    """And whatever is not a clear yes is one."""
    for decision in ({"decision": "deny"}, {"decision": "perhaps"}, {}):
        await visitor.authorize()
        if visitor.title == "/account/sign-in":
            await visitor.sign_in()
        await visitor.submit(**decision)
        assert (visitor.sent_to, visitor.told["error"]) == (APP, "access_denied")
    assert (await visitor.served.world.audited()).count("consent_refused") == 3


async def test_only_what_is_new_is_asked_and_marked(visitor: Visitor) -> None:
    """What was allowed before stays allowed, and more is asked for in one page."""
    await visitor.signed_in("grace", scope="openid notes:read")
    await visitor.authorize(scope="openid notes:read")
    assert "code" in visitor.told
    await visitor.authorize(scope="openid notes:read notes:write")
    words = " ".join(visitor.page.text.split())
    assert f"notes:write at {NOTES} new" in words
    assert f"notes:read at {NOTES} new" not in words


async def test_the_form_is_ours_and_of_this_sign_in(visitor: Visitor) -> None:
    """P24: another person who signed in meanwhile does not say yes with the first one's page."""
    await visitor.authorize()
    await visitor.sign_in()
    page = visitor.page
    other = page.links[0]
    await visitor.go(other)
    await visitor.sign_in("grace")
    answer = await visitor.http.post(page.action or "", data={**page.fields, "decision": "allow"})

    assert answer.status_code == 403
    assert visitor.served.refused("form_token") == 1


async def test_a_yes_is_to_what_was_shown(visitor: Visitor) -> None:
    """An administrator who allows more in between is not allowed it by somebody who has not seen it."""
    await visitor.authorize(scope=f"openid {READ} {WRITE}")
    await visitor.sign_in()
    await visitor.served.world.users.allow("ada", audience=NOTES, scopes=frozenset({WRITE}))
    await visitor.allow()
    assert visitor.title == "/account/consent"
    assert WRITE in visitor.page.text
    await visitor.allow()
    assert "code" in visitor.told


async def test_a_yes_after_the_sign_in_is_over_asks_who_it_is(visitor: Visitor) -> None:
    await visitor.authorize()
    await visitor.sign_in()
    page = visitor.page
    await visitor.served.world.users.set_disabled("ada", disabled=True)
    await visitor.submit(decision="allow")

    assert page.action is not None
    assert visitor.title == "/account/sign-in"


async def test_offline_access_is_asked_for_by_name(visitor: Visitor) -> None:
    """P56: and only of a client that could use it."""
    await visitor.authorize(scope="openid offline_access")
    await visitor.sign_in()
    assert "Keep its access after you have signed out" in visitor.page.text


async def test_a_request_is_answered_once(visitor: Visitor) -> None:
    """The page that is still open in another tab says so."""
    await visitor.authorize()
    await visitor.sign_in()
    page, url = visitor.page, str(visitor.response.url)
    await visitor.allow()
    answer = await visitor.http.post(page.action or "", data={**page.fields, "decision": "allow"})
    await visitor.go(url)

    assert (answer.status_code, visitor.status) == (400, 400)
    assert "finished already" in visitor.page.text


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://app.example:8443/cb", "you will be sent to app.example."),
        ("http://127.0.0.1:1/cb", "a program on this computer"),
        ("com.example.app:/cb", "an app on this device"),
    ],
)
def test_the_page_says_where_a_yes_leads(uri: str, words: str) -> None:
    """ASVS 10.7.1; a program on the same machine may be anybody's."""
    assert words in where_to(uri, texts_in("en"))


async def test_scopes_of_the_server_have_words_in_every_language(served: Served) -> None:
    resource = await served.world.store.read(lambda uow: uow.resources.find_by_audience(ISSUER))
    assert resource is not None
    for language in ("en", "de"):
        for scope in resource.scopes:
            assert texts_in(language)(f"scope_{scope}")


async def test_the_client_is_read_anew_for_every_page(visitor: Visitor) -> None:
    """One that is switched off between two pages gets nothing."""
    await visitor.authorize()
    await visitor.served.world.clients.set_disabled("web", disabled=True)
    await visitor.sign_in()

    assert visitor.status == 400
    found = await visitor.served.world.store.read(lambda uow: uow.clients.find(ClientId("web")))
    assert isinstance(found, Client)
