"""One payment, asked for, shown, allowed and carried to the service (RFC 9396)."""

import json
from functools import partial
from typing import Any

import pytest

from tests.server.flows.declaring import apply
from tests.server.flows.world import NOTES, READ, WRITE
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.jose import jwt
from tokensmith.jose.strict_json import encode
from tokensmith.server.domain.authorization_details import (
    DetailType,
    InvalidAuthorizationDetailsError,
    parse_details,
)
from tokensmith.server.domain.client_tables import told_client
from tokensmith.server.flows.wanted_access import wanted_access

pytestmark = pytest.mark.anyio
BANK = "https://bank.example"
PAYMENT = {"type": "payment", "amount": {"currency": "EUR", "value": "123.50"}, "creditor": "Merchant <A>"}
SMALLER = {**PAYMENT, "amount": {"currency": "EUR", "value": "1.00"}}


@pytest.fixture
async def visitor(visitor: Visitor) -> Visitor:
    """Before a bank that knows payments; ada has an account there."""
    world = visitor.served.world
    await world.resources.create(BANK, scopes=["account"], title="The Bank")
    kind = DetailType(text="Pay somebody", members=("amount", "creditor"))
    await world.resources.know_details(BANK, "payment", kind)
    await world.clients.allow_details("web", ("payment",))
    await world.users.allow("ada", audience=BANK, scopes=frozenset({"account"}))
    return visitor


def asked(*details: Any) -> dict[str, str]:
    return {"authorization_details": json.dumps(details or (PAYMENT,))}


async def redeem(visitor: Visitor, code: str, **form: str) -> dict[str, Any]:
    found: dict[str, Any] = (await visitor.redeem(code, **form)).json()
    return found


async def is_running(visitor: Visitor, answer: dict[str, Any]) -> bool:
    """Whether the bit of its access token is still unset."""
    world = visitor.served.world
    token = await world.own.read(answer["access_token"])
    assert token is not None
    return await world.store.read(lambda uow: uow.status_lists.holder(token.place)) is not None


async def test_it_is_shown_whole_and_ends_up_in_the_token(visitor: Visitor) -> None:
    """§3, §7, §9.1: the token is for the service that knows the type, and says nothing of scopes nobody asked for."""
    await visitor.authorize(scope=None, **asked())
    await visitor.sign_in()
    words = " ".join(visitor.page.text.split())
    assert "Pay somebody at The Bank" in words
    assert "amount · value123.50" in words
    assert "Merchant <A>" in words
    assert "Merchant <A>" not in visitor.response.text
    await visitor.allow()
    answer = await redeem(visitor, visitor.told["code"])
    token = await visitor.served.world.own.read(answer["access_token"])
    assert token is not None
    claims = json.loads(encode(token.claims))

    assert answer["authorization_details"] == [PAYMENT]
    assert "scope" not in answer
    assert (claims["aud"], claims["authorization_details"]) == (BANK, [PAYMENT])
    assert "scope" not in claims


async def test_each_service_gets_what_is_its_own(visitor: Visitor) -> None:
    """§9.1, §13: notes learn nothing of the payment."""
    code = await visitor.signed_in(scope=f"openid {READ}", **asked())
    notes = await redeem(visitor, code)
    assert jwt.read_unverified(notes["access_token"]).unverified_claims["aud"] == NOTES
    assert "authorization_details" not in notes

    form = {"grant_type": "refresh_token", "refresh_token": notes["refresh_token"], "resource": BANK}
    bank = (await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")})).json()
    assert bank["authorization_details"] == [PAYMENT]


async def test_every_payment_is_asked_about(visitor: Visitor) -> None:
    """What was allowed once is no word on the next one, not even on the same one."""
    await visitor.signed_in(**asked())
    for prompt, shown in ((None, "/account/consent"), ("none", None)):
        await visitor.authorize(prompt=prompt, **asked())
        assert (visitor.title if shown else visitor.told["error"]) == (shown or "consent_required")


async def test_a_yes_is_to_the_payment_that_was_shown(visitor: Visitor) -> None:
    """Two tabs: the form of the one does not allow what the other asks for."""
    await visitor.authorize(**asked(SMALLER))
    await visitor.sign_in()
    shown = visitor.page.fields["shown"]
    await visitor.authorize(**asked())
    await visitor.submit(decision="allow", shown=shown)

    assert visitor.title == "/account/consent"


@pytest.mark.parametrize(
    ("details", "changes"),
    [
        ((), {"authorization_details": "x"}),
        (({"type": "unknown"},), {}),
        (({**PAYMENT, "extra": 1},), {}),
    ],
)
async def test_what_cannot_be_asked_for_is_told_to_the_client(
    visitor: Visitor, details: tuple[Any, ...], changes: dict[str, str]
) -> None:
    """§5."""
    await visitor.signed_in()
    await visitor.authorize(**{**asked(*details), **changes})

    assert visitor.told["error"] == "invalid_authorization_details"


async def test_only_who_may_asks_and_only_who_has_something_there_is_asked(visitor: Visitor, served: Served) -> None:
    await visitor.signed_in("grace")
    await visitor.authorize(**asked())
    assert visitor.told["error"] == "invalid_authorization_details"
    await served.world.make_web_client("other")
    await visitor.authorize(client_id="other", **asked())
    assert visitor.told["error"] == "invalid_authorization_details"


async def test_a_token_may_have_fewer(visitor: Visitor) -> None:
    """§6; a code with more asked for stays good."""
    code = await visitor.signed_in(scope=None, **asked(PAYMENT, SMALLER))
    refused = await redeem(visitor, code, **asked({**PAYMENT, "creditor": "Mallory"}))
    assert refused["error"] == "invalid_authorization_details"
    first = await redeem(visitor, code, **asked(SMALLER))
    assert first["authorization_details"] == [SMALLER]

    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], **visitor.served.basic("web")}
    again = (await visitor.served.post_form("/token", {**form, **asked(PAYMENT)})).json()
    assert again["authorization_details"] == [PAYMENT]
    form["refresh_token"] = again["refresh_token"]
    assert (await visitor.served.post_form("/token", form)).json()["authorization_details"] == [PAYMENT, SMALLER]


async def test_who_may_do_nothing_there_any_more_pays_nothing(visitor: Visitor) -> None:
    tokens = await redeem(visitor, await visitor.signed_in(scope=None, **asked()))
    await visitor.served.world.users.forbid("ada", audience=BANK, scopes=frozenset({"account"}))
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **visitor.served.basic("web")}

    assert (await visitor.served.post_form("/token", form)).json()["error"] == "invalid_scope"


async def test_why_is_in_the_log(visitor: Visitor) -> None:
    """Of each, which rule it broke."""
    world = visitor.served.world
    user = await world.store.read(lambda uow: uow.users.find_by_name_key("ada"))
    client = await world.client("web")
    assert user is not None
    for detail, code in (({"type": "unknown"}, "details_type"), ({**PAYMENT, "extra": 1}, "details_member")):
        details = parse_details(json.dumps([detail]))
        with pytest.raises(InvalidAuthorizationDetailsError) as caught:
            await world.store.read(
                partial(wanted_access, client=client, user=user, scopes=None, named=(), details=details)
            )
        assert caught.value.code == code


async def test_nobody_allows_a_client_details_for_itself(served: Served) -> None:
    form = {"grant_type": "client_credentials", **served.basic("robot"), **asked()}

    assert (await served.post_form("/token", form)).json()["error"] == "invalid_authorization_details"
    assert served.refused("details_grant") == 1


async def test_a_type_that_the_client_loses_is_gone_from_its_tokens(visitor: Visitor) -> None:
    """By a file of the operator: what is out ends within the guards' bound, and the next has what is left."""
    world = visitor.served.world
    code = await visitor.signed_in(scope=f"openid {READ}", **asked())
    notes = await redeem(visitor, code)
    form = {"grant_type": "refresh_token", "resource": BANK, **visitor.served.basic("web")}
    bank = (await visitor.served.post_form("/token", {**form, "refresh_token": notes["refresh_token"]})).json()
    web = next(client for client in await world.clients.all() if client.id == "web")
    table = {name: value for name, value in told_client(web).items() if value is not None}
    table |= {"authorization_details_types": [], "scopes": {NOTES: [READ, WRITE]}}
    made = await apply(world.store, clients={"web": table})
    refused = (await visitor.served.post_form("/token", {**form, "refresh_token": bank["refresh_token"]})).json()
    form |= {"resource": NOTES, "refresh_token": bank["refresh_token"]}

    assert made.members == {"authorization_details_types": (("payment",), ())}
    assert (await is_running(visitor, bank), await is_running(visitor, notes)) == (False, True)
    assert refused["error"] == "invalid_scope"
    assert (await visitor.served.post_form("/token", form)).json()["scope"] == READ
