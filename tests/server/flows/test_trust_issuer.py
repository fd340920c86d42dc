"""Whose word is taken."""

import json

import pytest

from tests.server.flows.world import World
from tokensmith.jose import Key
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import ConflictError, InvalidRequestError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import AssertionIssuer, AuthMethod, Registration
from tokensmith.server.flows.trust_issuer import TrustIssuer

pytestmark = pytest.mark.anyio
PORTAL = "https://portal.example"
KEYS = json.dumps({"keys": [dict(Key.generate("ES256").public().to_jwk())]})


async def robot(world: World) -> Client:
    found = await world.store.read(lambda uow: uow.clients.find(ClientId("robot")))
    assert found is not None
    return found


async def test_it_is_said_for_one_client_and_can_be_taken_back(world: World) -> None:
    flow = TrustIssuer(store=world.store)
    await flow.trust("robot", AssertionIssuer(issuer=PORTAL, jwks=KEYS))
    await flow.trust("robot", AssertionIssuer(issuer=PORTAL, jwks_uri=PORTAL + "/keys"))
    await flow.trust("robot", AssertionIssuer(issuer="https://other.example", jwks=KEYS))
    issuers = (await robot(world)).registration.assertion_issuers
    assert [(one.issuer, one.jwks_uri) for one in issuers] == [
        (PORTAL, PORTAL + "/keys"),
        ("https://other.example", None),
    ]
    assert GrantType.JWT_BEARER in (await robot(world)).grant_types

    await flow.distrust("robot", "https://other.example")
    assert GrantType.JWT_BEARER in (await robot(world)).grant_types
    await flow.distrust("robot", PORTAL)
    assert (await robot(world)).registration.assertion_issuers == ()
    assert GrantType.JWT_BEARER not in (await robot(world)).grant_types


@pytest.mark.parametrize(
    ("client_id", "members", "code"),
    [
        ("nobody", {"jwks": KEYS}, "unknown_client"),
        ("first-party", {"jwks": KEYS}, "assertions_of_public_client"),
        ("robot", {}, "issuer_keys"),
        ("robot", {"jwks": KEYS, "jwks_uri": PORTAL}, "issuer_keys"),
        ("robot", {"jwks": "{}"}, "bad_client_keys"),
        ("robot", {"jwks_uri": "http://portal.example"}, "bad_redirect_uri"),
    ],
)
async def test_what_cannot_be_is_refused(world: World, client_id: str, members: dict[str, str], code: str) -> None:
    with pytest.raises((ConflictError, InvalidRequestError)) as caught:
        await TrustIssuer(store=world.store).trust(client_id, AssertionIssuer(issuer=PORTAL, **members))

    assert caught.value.code == code


async def test_a_program_that_registered_itself_brings_nobodys_word(world: World) -> None:
    """Whoever brings assertions acts for people who were not asked."""
    stranger = Registration(management_digest="d", auth_method=AuthMethod.SECRET)
    await world.change_client("robot", registration=stranger)
    with pytest.raises(ConflictError) as caught:
        await TrustIssuer(store=world.store).trust("robot", AssertionIssuer(issuer=PORTAL, jwks=KEYS))

    assert caught.value.code == "assertions_of_stranger"
