"""Token exchange (P86)."""

from typing import Any

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, WRITE, World
from tests.server.web.served import Served
from tokensmith.client.proof_key import ProofKey
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.flows.exchange_token import ACCESS_TOKEN, MAX_ACTORS

pytestmark = pytest.mark.anyio
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
MAIL, SEND = "https://mail.example", "mail:send"


@pytest.fixture
async def served(world: World) -> Served:
    """`watcher` serves the notes and may send mail for people; ada may, grace may not."""
    await world.resources.create(MAIL, scopes=[SEND, "mail:read"])
    await world.clients.allow("watcher", audience=MAIL, scopes=frozenset({SEND, "mail:read"}))
    grants = frozenset({GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE})
    await world.change_client("watcher", grant_types=grants)
    await world.users.allow("ada", audience=MAIL, scopes=frozenset({SEND}))
    return Served(world)


async def exchange(served: Served, token: str, client: str = "watcher", **changes: str | None) -> dict[str, Any]:
    form = {
        "grant_type": GRANT,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
        "resource": MAIL,
        **served.basic(client),
        **{name: value for name, value in changes.items() if name != "dpop"},
    }
    headers = {"dpop": changes["dpop"] or ""} if "dpop" in changes else {}
    body = {name: value for name, value in form.items() if value is not None}
    answer: dict[str, Any] = (await served.post_form("/token", body, **headers)).json()
    return answer


async def test_a_service_calls_the_next_one_for_a_person(served: Served, world: World) -> None:
    """RFC 8693 §2.2.1, §4.1: about the person, for the next service, and it says who acts."""
    subject = await world.sign_in()
    answer = await exchange(served, subject.access_token)
    token = await world.own.read(answer["access_token"])
    before = await world.read(subject)

    assert token is not None
    assert answer["issued_token_type"] == ACCESS_TOKEN
    assert (token.audience, token.claims["scope"], answer["scope"]) == (MAIL, SEND, SEND)
    assert token.claims["sub"] == before.claims["sub"]
    assert token.claims["act"] == {"sub": "client:watcher"}
    assert token.client_id == "watcher"
    assert "refresh_token" not in answer


@pytest.mark.parametrize("named", [{"resource": None, "audience": MAIL}, {"audience": MAIL}])
async def test_a_service_has_one_name(served: Served, world: World, named: dict[str, str | None]) -> None:
    """RFC 8693 §2.1: by `resource`, by `audience`, or the same one by both."""
    answer = await exchange(served, (await world.sign_in()).access_token, **named)

    assert answer["scope"] == SEND


async def test_a_chain_keeps_everybody(served: Served, world: World) -> None:
    """The newest outermost; and no further than to its bound."""
    await world.resources.create("https://next.example", scopes=["x"], client_id="robot")
    for client in ("robot", "watcher"):
        await world.clients.allow(client, audience=MAIL, scopes=frozenset({SEND}))
        await world.change_client(client, grant_types=frozenset({GrantType.TOKEN_EXCHANGE}))
    token = (await world.sign_in()).access_token
    for _ in range(MAX_ACTORS):
        answer = await exchange(served, token)
        token = answer["access_token"]
    found = await world.own.read(token)
    assert found is not None
    depth, link = 0, found.claims.get("act")
    while link is not None:
        depth, link = depth + 1, link.get("act")  # type: ignore[union-attr]
    assert depth == MAX_ACTORS
    assert (await exchange(served, token))["error"] == "invalid_request"
    assert served.refused("exchange_chain") == 1


async def test_it_ends_with_the_token_it_was_made_of(served: Served, world: World) -> None:
    """Neither later, nor without it."""
    subject = await world.sign_in()
    world.pass_time(890)
    answer = await exchange(served, subject.access_token)
    token = await world.own.read(answer["access_token"])
    assert token is not None
    assert answer["expires_in"] == 10
    assert token.place == (await world.read(subject)).place
    await world.sign_out.run(subject.refresh_token or "", source="s")
    assert await world.store.read(lambda uow: uow.status_lists.holder(token.place)) is None
    assert (await exchange(served, subject.access_token))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"subject_token": "nonsense"}, "invalid_request", "exchange_subject"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request", "exchange_type"),
        ({"requested_token_type": "urn:x"}, "invalid_request", "exchange_type"),
        ({"actor_token": "x"}, "invalid_request", "exchange_type"),
        ({"actor_token": "x", "actor_token_type": ACCESS_TOKEN}, "invalid_request", "exchange_actor"),
        ({"resource": "https://other.example"}, "invalid_target", "invalid_target"),
        ({"resource": ISSUER}, "invalid_target", "invalid_target"),
        ({"resource": None}, "invalid_target", "exchange_target_missing"),
        ({"audience": NOTES}, "invalid_target", "several_resources"),
        ({"scope": "mail:read"}, "invalid_scope", "scope_empty"),
        ({"subject_token_type": None}, "invalid_request", "parameter_missing"),
    ],
)
async def test_what_cannot_be_is_refused(
    served: Served, world: World, changes: dict[str, str | None], error: str, code: str
) -> None:
    """RFC 8693 §2.2.2; the scope is never wider than the person's."""
    token = (await world.sign_in()).access_token

    assert (await exchange(served, token, **changes))["error"] == error
    assert served.refused(code) == 1


async def test_a_person_without_the_permission_is_not_acted_for(served: Served, world: World) -> None:
    assert (await exchange(served, (await world.sign_in("grace")).access_token))["error"] == "invalid_scope"


async def test_only_who_was_given_a_token_exchanges_it(served: Served, world: World) -> None:
    """Its client or its service; and only those that an operator allows."""
    token = (await world.sign_in()).access_token
    assert (await exchange(served, token, "robot"))["error"] == "unauthorized_client"
    await world.change_client("robot", grant_types=frozenset({GrantType.TOKEN_EXCHANGE}))
    await world.clients.allow("robot", audience=MAIL, scopes=frozenset({SEND}))
    assert (await exchange(served, token, "robot"))["error"] == "invalid_request"
    assert served.refused("exchange_subject") == 1


async def test_an_actor_may_show_its_own_token(served: Served, world: World) -> None:
    """RFC 8693 §2.1: one that was issued to the client that asks; and not a revoked one."""
    await world.clients.allow("watcher", audience=NOTES, scopes=frozenset({READ, WRITE}))
    form = {"grant_type": "client_credentials", "resource": NOTES, **served.basic("watcher")}
    own = (await served.post_form("/token", form)).json()["access_token"]
    person = (await world.sign_in()).access_token
    actor = {"actor_token_type": ACCESS_TOKEN}
    answer = await exchange(served, person, actor_token=own, **actor)
    token = await world.own.read(answer["access_token"])
    assert token is not None
    assert token.claims["act"] == {"sub": "client:watcher"}
    assert (await exchange(served, person, actor_token=person, **actor))["error"] == "invalid_request"
    assert (await exchange(served, own))["error"] == "invalid_request", "a client is no person to act for"


async def test_the_new_token_may_be_bound(served: Served, world: World) -> None:
    """To the key of whoever acts."""
    key = ProofKey(clock=world)
    token = (await world.sign_in()).access_token
    answer = await exchange(served, token, dpop=key.proof("POST", f"{ISSUER}/token"))
    found = await world.own.read(answer["access_token"])

    assert answer["token_type"] == "DPoP"
    assert found is not None
    assert found.claims["cnf"] == {"jkt": key.thumbprint}
