"""`/authorize`: who is sent where, and who is not (RFC 6749 §4.1, Core §3.1.2)."""

import pytest

from tests.server.web.served import FORM, Served
from tests.server.web.visitor import APP, REQUEST, Visitor
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio
SIGN_IN = "/account/sign-in"
CONSENT = "/account/consent"


async def test_a_person_signs_in_says_yes_and_is_sent_back(visitor: Visitor) -> None:
    """P16, P17, P18, P33: with code, state and issuer."""
    await visitor.authorize()
    assert visitor.title == SIGN_IN
    await visitor.sign_in()
    assert visitor.title == CONSENT
    await visitor.allow()

    assert (visitor.status, visitor.sent_to) == (303, APP)
    assert visitor.told.keys() == {"code", "state", "iss"}
    assert (visitor.told["state"], visitor.told["iss"]) == ("the state", "https://id.example")


async def test_who_is_signed_in_and_has_said_yes_is_asked_nothing(visitor: Visitor) -> None:
    """Single sign-on, and P19: in whatever order the scopes stand."""
    await visitor.signed_in()
    await visitor.authorize(scope="notes:read profile openid")

    assert "code" in visitor.told


async def test_a_form_is_as_good_as_a_query(visitor: Visitor) -> None:
    """P01: and needs no cookie, which no browser brings along with another site's form."""
    await visitor.signed_in()
    async with visitor.served.http() as stranger:
        answer = await stranger.post("/authorize", data=REQUEST)
    assert answer.status_code == 303
    await visitor.go(answer.headers["location"])

    assert "code" in visitor.told


async def test_unknown_and_empty_parameters_are_nothing(visitor: Visitor) -> None:
    """P02, P04, P30: none of these is an error."""
    await visitor.authorize(
        extra="foobar", display="page", claims_locales="se", acr_values="1 2", login_hint="ada", max_age="", prompt=""
    )

    assert visitor.title == SIGN_IN
    assert visitor.page.fields["username"] == "ada"


@pytest.mark.parametrize("name", ["state", "client_id", "scope", "redirect_uri"])
async def test_no_parameter_stands_twice(visitor: Visitor, name: str) -> None:
    """P03; which of the two would be meant?"""
    await visitor.go("/authorize", params=[*REQUEST.items(), (name, REQUEST[name])])

    assert visitor.status == 400
    assert visitor.served.refused("repeated_parameter") == 1


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/cb",
        APP + "/",
        APP + "?foo=bar",
        "https://app.example/CB",
        "https://APP.example/cb",
        "http://app.example/cb",
        "https://app.example:443/cb",
        "https://app.example/cb/../cb",
        "https://app.example/%63b",
        "https://app.example",
        "https://app.example@evil.example/cb",
        "//evil.example",
        "javascript:alert(1)",
    ],
)
async def test_an_address_that_is_not_registered_to_the_letter_gets_a_page(visitor: Visitor, uri: str) -> None:
    """P05, P06, P08, P21: nobody is sent there, and the page says nothing of what would have been right."""
    await visitor.authorize(redirect_uri=uri)

    assert visitor.status == 400
    assert "location" not in visitor.response.headers
    assert uri not in visitor.response.text
    assert "app.example" not in visitor.response.text
    assert visitor.served.refused("redirect_uri_unregistered") == 1


@pytest.mark.parametrize(
    ("registered", "sent", "good"),
    [
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1", True),
        ("https://a.example/cb?x=1", "https://a.example/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", True),
        ("http://[::1]:80/cb", "http://[::1]:51004/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/other", False),
        ("http://localhost:3000/cb", "http://localhost:3001/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.2:1/cb", False),
        ("com.example.app:/cb", "com.example.app:/cb", True),
    ],
)
async def test_a_program_on_the_persons_machine_may_have_any_port(
    served: Served, registered: str, sent: str, good: bool
) -> None:
    """P07: RFC 8252 §7.3, for addresses; everything else is compared as it stands."""
    await served.world.make_web_client(redirect_uris=(registered,))
    async with Visitor(served) as visitor:
        await visitor.authorize(redirect_uri=sent)

    assert visitor.title == (SIGN_IN if good else "400")


@pytest.mark.parametrize("client_id", ["unknown", "off", None])
async def test_an_unknown_client_gets_a_page(visitor: Visitor, client_id: str | None) -> None:
    """P05: also one that is switched off, and none at all."""
    await visitor.served.world.make_web_client("off")
    await visitor.served.world.clients.set_disabled("off", disabled=True)
    await visitor.authorize(client_id=client_id)

    assert visitor.status == 400
    assert "location" not in visitor.response.headers


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"response_type": None}, "invalid_request", "parameter_missing"),
        ({"response_type": "token"}, "unsupported_response_type", "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type", "unsupported_response_type"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request", "pkce_missing"),
        ({"code_challenge": None}, "invalid_request", "pkce_missing"),
        ({"code_challenge_method": None}, "invalid_request", "pkce_method"),
        ({"code_challenge_method": "plain"}, "invalid_request", "pkce_method"),
        ({"code_challenge": "x" * 42}, "invalid_request", "pkce_malformed"),
        ({"code_challenge": "x" * 42 + "="}, "invalid_request", "pkce_malformed"),
        ({"response_mode": "fragment"}, "invalid_request", "response_mode"),
        ({"prompt": "none login"}, "invalid_request", "prompt_contradicts"),
        ({"prompt": "create"}, "invalid_request", "prompt_unknown"),
        ({"max_age": "-1"}, "invalid_request", "max_age_malformed"),
        ({"max_age": "1" * 11}, "invalid_request", "max_age_malformed"),
        ({"claims": "[]"}, "invalid_request", "claims_malformed"),
        ({"dpop_jkt": "short"}, "invalid_request", "dpop_jkt_malformed"),
        ({"scope": 'a"b'}, "invalid_scope", "scope_malformed"),
        ({"nonce": "n" * 2049}, "invalid_request", "parameter_too_long"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported", "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported", "request_uri_not_supported"),
        ({"claims": '{"id_token":{"acr":{"essential":true}}}'}, "unmet_authentication_requirements", ""),
    ],
)
async def test_what_is_wrong_with_a_request_is_told_to_its_client(
    visitor: Visitor, changes: dict[str, str | None], error: str, code: str
) -> None:
    """P10 to P13, P17, P18, P28, P32, P34: once the address is proven, with state and issuer."""
    await visitor.authorize(**changes)

    assert (visitor.status, visitor.sent_to) == (303, APP)
    assert visitor.told["error"] == error
    assert (visitor.told["state"], visitor.told["iss"]) == ("the state", "https://id.example")
    assert "code" not in visitor.told


async def test_a_client_without_the_grant_is_told(visitor: Visitor) -> None:
    await visitor.served.world.change_client("web", grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}))
    await visitor.authorize()

    assert visitor.told["error"] == "unauthorized_client"


async def test_a_client_may_be_let_off_pkce_but_no_public_one(served: Served) -> None:
    """P12: for certification, one client at a time; whatever is written of a public one."""
    await served.world.make_web_client(requires_pkce=False)
    await served.world.make_web_client("app", confidential=False)
    lax = Registration(redirect_uris=(APP,), requires_pkce=False)
    await served.world.change_client("app", registration=lax)
    async with Visitor(served) as visitor:
        await visitor.authorize(code_challenge=None, code_challenge_method=None)
        assert visitor.title == SIGN_IN
        await visitor.authorize(client_id="app", code_challenge=None, code_challenge_method=None)
        assert visitor.told["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"resource": "https://other.example"}, "invalid_target"),
        ({"scope": "other:scope"}, "invalid_scope"),
        ({"scope": "notes:write"}, "invalid_scope"),
    ],
)
async def test_what_cannot_be_had_is_told_when_the_person_is_known(
    visitor: Visitor, changes: dict[str, str], error: str
) -> None:
    """P49: an unknown resource; a scope that nobody has; one that ada has not."""
    await visitor.authorize(**changes)
    await visitor.sign_in()

    assert (visitor.sent_to, visitor.told["error"]) == (APP, error)


async def test_the_answer_may_be_posted(visitor: Visitor) -> None:
    """Form Post §2: without scripts, with a button; only this page's form may lead to the client."""
    await visitor.authorize(response_mode="form_post")
    await visitor.sign_in()
    await visitor.allow()

    page = visitor.page
    assert page.action == APP
    assert page.fields.keys() == {"code", "state", "iss"}
    policy = visitor.response.headers["content-security-policy"]
    assert "form-action 'self' https://app.example;" in policy
    assert visitor.response.headers["cache-control"] == "no-store"


async def test_errors_are_posted_too(visitor: Visitor) -> None:
    await visitor.authorize(response_mode="form_post", prompt="none")

    assert visitor.page.fields["error"] == "login_required"


async def test_a_request_that_is_too_long_gets_a_page(visitor: Visitor) -> None:
    await visitor.authorize(state="s" * 16_400)

    assert visitor.status == 400
    assert visitor.served.refused("query_too_long") == 1


async def test_nobody_else_may_read_it(visitor: Visitor) -> None:
    """P22: no page of another origin."""
    await visitor.authorize()

    assert "access-control-allow-origin" not in visitor.response.headers


async def test_a_form_that_is_none_gets_a_page(served: Served) -> None:
    """As every error here."""
    async with served.http() as client:
        answer = await client.post("/authorize", content=b"{}", headers={**FORM, "content-type": "text/plain"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
