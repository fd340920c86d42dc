"""Tokens for the people whom somebody else vouches for (RFC 7523 §2.1)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, WRITE, World
from tokensmith.jose import Key, jwt
from tokensmith.server.domain.audit import AuditName
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import OAuthError
from tokensmith.server.domain.registrations import AssertionIssuer
from tokensmith.server.flows.exchange_assertion import Assertion
from tokensmith.server.flows.tokens import TokenAnswer
from tokensmith.server.flows.trust_issuer import TrustIssuer

pytestmark = pytest.mark.anyio
PORTAL = "https://portal.example"
KEY = Key.generate("ES256")


@pytest.fixture
async def world(world: World) -> World:
    keys = json.dumps({"keys": [dict(KEY.public().to_jwk())]})
    await TrustIssuer(store=world.store).trust("robot", AssertionIssuer(issuer=PORTAL, jwks=keys))
    return world


def assertion(world: World, *, key: Key = KEY, lifetime: int = 60, **claims: Any) -> str:
    signer = jwt.Signer(key, issuer=PORTAL, audience=ISSUER, lifetime=timedelta(seconds=lifetime), clock=world)
    return signer.sign({"sub": "ada", **claims})


async def bring(world: World, text: str, *, client_id: str = "robot", **changes: Any) -> TokenAnswer:
    asked = {"scope": None, "resource": None, "source": "192.0.2.1", "key_thumbprint": None, **changes}
    return await world.exchange_assertion.run(await world.client(client_id), Assertion(text=text, **asked))


async def refused(world: World, text: str, **changes: Any) -> str:
    with pytest.raises(OAuthError) as caught:
        await bring(world, text, **changes)
    return caught.value.code


async def test_the_token_is_about_the_person_and_there_is_no_refresh_token(world: World) -> None:
    """RFC 7521 §4.1: what she may do, as far as the client may ask."""
    answer = await bring(world, assertion(world, sub="Ada"))
    claims = (await world.read(answer)).claims
    ada = await world.store.read(lambda uow: uow.users.find_by_name_key("ada"))
    assert ada is not None

    assert (claims["sub"], claims["client_id"], claims["aud"], answer.scope) == (ada.id, "robot", NOTES, READ)
    assert answer.refresh_token is None
    assert "auth_time" not in claims
    event = (await world.store.read(lambda uow: uow.audit.latest(limit=1)))[0].event
    assert (event.name, event.user_id, event.details) == (AuditName.ASSERTION_TAKEN, ada.id, {"issuer": PORTAL})


async def test_many_assertions_are_one_grant_and_it_ends(world: World) -> None:
    first, second = await bring(world, assertion(world)), await bring(world, assertion(world))
    assert (await world.read(first)).place == (await world.read(second)).place
    await world.revoke.run(await world.client("robot"), first.access_token, source="192.0.2.1")
    watcher = await world.client("watcher")
    assert await world.introspect.run(watcher, second.access_token) == {"active": False}

    third = await bring(world, assertion(world))
    assert (await world.introspect.run(watcher, third.access_token))["active"] is True


async def test_it_ends_with_the_account(world: World) -> None:
    answer = await bring(world, assertion(world))
    await world.users.set_disabled("ada", disabled=True)

    assert await world.introspect.run(await world.client("watcher"), answer.access_token) == {"active": False}
    assert await refused(world, assertion(world)) == "assertion_subject"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": Key.generate("ES256")},
        {"iss": "https://other.example"},
        {"aud": "https://other.example"},
        {"aud": f"{ISSUER}/token"},
        {"exp": 1},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"events": {"https://schemas.openid.net/secevent/caep/event-type/session-revoked": {}}},
    ],
)
async def test_what_is_not_theirs_or_not_for_us_now_is_refused(world: World, changes: dict[str, Any]) -> None:
    """RFC 7523 §3, 1 to 9."""
    if changes.get("sub", "") is None:
        text = jwt.sign({"jti": "j"}, KEY, issuer=PORTAL, audience=ISSUER, clock=world)
    else:
        text = assertion(world, **changes)

    assert await refused(world, text) == "assertion_refused"


@pytest.mark.parametrize(("seconds", "code"), [(3600, ""), (3611, "assertion_refused")])
async def test_it_may_be_good_for_an_hour(world: World, seconds: int, code: str) -> None:
    text = assertion(world, lifetime=seconds)
    found = await refused(world, text) if code else (await bring(world, text)).scope

    assert found == (code or READ)


async def test_one_with_a_name_is_good_once(world: World) -> None:
    """RFC 7523 §3 (7); and one that could not be used was not."""
    text = assertion(world)
    assert await refused(world, text, scope="notes:fly") == "scope_empty"
    await bring(world, text)

    assert await refused(world, text) == "assertion_replayed"


@pytest.mark.parametrize("subject", ["nobody", "", "a b", "x" * 200])
async def test_nobody_is_made_of_an_assertion(world: World, subject: str) -> None:
    assert await refused(world, assertion(world, sub=subject)) == "assertion_subject"


async def test_who_may_not_is_refused(world: World) -> None:
    """The operator says it of each client."""
    assert await refused(world, assertion(world), client_id="watcher") == "unauthorized_client"
    await world.change_client("robot", grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}))
    assert await refused(world, assertion(world)) == "unauthorized_client"


async def test_it_reaches_no_further_than_person_and_client(world: World) -> None:
    assert await refused(world, assertion(world), resource="https://other.example") == "invalid_target"
    assert await refused(world, assertion(world), resource=ISSUER) == "invalid_target"
    assert await refused(world, assertion(world, sub="grace"), scope=WRITE) == "scope_empty"
    await world.users.create("mallory", password="correct horse")
    assert await refused(world, assertion(world, sub="mallory")) == "invalid_target"
