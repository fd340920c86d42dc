"""Tokens that are good over connections with one certificate alone, from end to end (RFC 8705 §3, §4)."""

import base64
from typing import Any

import httpx2
import msgspec
import pytest

from tests.server.client_certificates import self_made
from tests.server.flows.world import ISSUER, NOTES, World
from tests.server.web.served import PEER, Served
from tests.server.web.visitor import Visitor
from tokensmith.client.proof_key import ProofKey
from tokensmith.jose import jwt
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.possession import confirmation, name_certificate

pytestmark = pytest.mark.anyio
ADA, THIEF = self_made("ada"), self_made("thief")
SETTINGS: dict[str, Any] = {"trusted_proxies": (PEER,), "client_certificate_header": "client-cert"}


@pytest.fixture
async def served(anyio_backend: str) -> Served:
    """Behind a proxy; "web" has no secret, and asked for such tokens."""
    world = await World.built()
    await world.make_web_client(confidential=False, binds_to_certificate=True)
    return Served(world, **SETTINGS)


def over(certificate: bytes) -> dict[str, str]:
    """The header that the proxy makes of the connection's certificate."""
    return {"client-cert": f":{base64.b64encode(certificate).decode()}:"}


def cnf(token: str) -> object:
    return jwt.read_unverified(token).unverified_claims.get("cnf")


async def redeem(served: Served, resource: str = NOTES, **headers: str) -> httpx2.Response:
    async with Visitor(served) as visitor:
        code = await visitor.signed_in(scope="openid notes:read")
    form = {"grant_type": "authorization_code", "client_id": "web", "code": code, "code_verifier": "v" * 43}
    return await served.post_form("/token", {**form, "resource": resource}, **headers)


async def refresh(served: Served, tokens: dict[str, Any], **headers: str) -> httpx2.Response:
    form = {"grant_type": "refresh_token", "client_id": "web", "refresh_token": tokens["refresh_token"]}
    return await served.post_form("/token", form, **headers)


async def test_tokens_are_bound_to_the_certificate_that_they_were_asked_with(served: Served) -> None:
    """RFC 8705 §3.1: and sent as Bearer."""
    answer = (await redeem(served, **over(ADA))).json()

    assert cnf(answer["access_token"]) == confirmation(name_certificate(ADA))
    assert answer["token_type"] == "Bearer"


async def test_without_a_certificate_there_are_none(served: Served) -> None:
    """RFC 8705 §3.4: an unbound token would be taken for a bound one."""
    answer = await redeem(served)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert served.refused("binding_certificate_missing") == 1


async def test_a_stolen_refresh_token_needs_the_certificate(served: Served) -> None:
    """RFC 8705 §4: of a client that has nothing else."""
    tokens = (await redeem(served, **over(ADA))).json()
    assert (await refresh(served, tokens, **over(THIEF))).json()["error"] == "invalid_grant"
    assert (await refresh(served, tokens)).status_code == 400
    again = (await refresh(served, tokens, **over(ADA))).json()

    assert cnf(again["access_token"]) == confirmation(name_certificate(ADA))
    assert served.refused("refresh_token_other_key") == 1


async def test_it_needs_it_when_the_client_is_changed_too(served: Served) -> None:
    """What was bound stays bound."""
    tokens = (await redeem(served, **over(ADA))).json()
    await change_web(served.world, binds_to_certificate=False)

    assert (await refresh(served, tokens)).json()["error"] == "invalid_grant"


async def test_user_info_wants_the_certificate(served: Served) -> None:
    """RFC 8705 §3: a token for this server itself; 401 invalid_token otherwise."""
    tokens = (await redeem(served, ISSUER, **over(ADA))).json()
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert (await served.get("/userinfo", **bearer, **over(ADA))).status_code == 200
    for headers, code in ((over(THIEF), "certificate_mismatch"), ({}, "certificate_missing")):
        answer = await served.get("/userinfo", **bearer, **headers)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert served.refused(code) == 1
    key = ProofKey(clock=served.world)
    proof = key.proof("GET", f"{ISSUER}/userinfo", access_token=tokens["access_token"])
    as_proven = {"authorization": f"DPoP {tokens['access_token']}", "dpop": proof}
    assert (await served.get("/userinfo", **as_proven, **over(ADA))).status_code == 401
    assert served.refused("userinfo_scheme") == 1


async def test_user_info_is_not_told_by_who_comes_past_the_proxy(served: Served) -> None:
    """P98."""
    tokens = (await redeem(served, ISSUER, **over(ADA))).json()
    headers = {"authorization": f"Bearer {tokens['access_token']}", **over(ADA)}
    async with served.http(peer="192.0.2.99") as stranger:
        assert (await stranger.get("/userinfo", headers=headers)).status_code == 401


async def test_a_proof_of_a_key_wins(served: Served) -> None:
    """One token, one binding; the client said which by sending a proof."""
    key = ProofKey(clock=served.world)
    answer = (await redeem(served, dpop=key.proof("POST", f"{ISSUER}/token"), **over(ADA))).json()

    assert answer["token_type"] == "DPoP"
    assert cnf(answer["access_token"]) == {"jkt": key.thumbprint}


async def test_who_wants_proofs_is_not_content_with_a_certificate(served: Served) -> None:
    """RFC 9449 §5.2."""
    await change_web(served.world, binds_tokens=True)
    answer = await redeem(served, **over(ADA))

    assert answer.json()["error"] == "invalid_dpop_proof"
    assert served.refused("dpop_proof_missing") == 1


async def test_the_certificate_of_other_clients_binds_nothing(served: Served) -> None:
    """They would not know that their token is good over this connection alone."""
    form = {"grant_type": "client_credentials", **served.basic("robot")}
    answer = (await served.post_form("/token", form, **over(ADA))).json()

    assert cnf(answer["access_token"]) is None


async def test_an_exchanged_token_is_bound_to_who_exchanged_it(served: Served) -> None:
    """RFC 8693: the next service sees the connection of this one."""
    world = served.world
    client = await world.client("watcher")
    bound = msgspec.structs.replace(client.registration, binds_to_certificate=True)
    await world.change_client("watcher", registration=bound, grant_types=frozenset({GrantType.TOKEN_EXCHANGE}))
    await world.clients.allow("watcher", audience=NOTES, scopes=frozenset({"notes:read"}))
    subject = (await redeem(served, **over(ADA))).json()["access_token"]
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": subject,
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "resource": NOTES,
        **served.basic("watcher"),
    }
    watcher = self_made("watcher")
    answer = (await served.post_form("/token", form, **over(watcher))).json()

    assert cnf(answer["access_token"]) == confirmation(name_certificate(watcher))
    assert answer["token_type"] == "Bearer"


async def test_who_asks_about_a_token_is_told_its_certificate(served: Served) -> None:
    """RFC 8705 §3.2."""
    tokens = (await redeem(served, **over(ADA))).json()
    form = {"token": tokens["access_token"], **served.basic("watcher")}
    told = (await served.post_form("/introspect", form)).json()

    assert (told["active"], told["token_type"]) == (True, "Bearer")
    assert told["cnf"] == confirmation(name_certificate(ADA))


async def change_web(world: World, **members: Any) -> None:
    client = await world.store.read(lambda uow: uow.clients.find(ClientId("web")))
    assert client is not None
    await world.change_client("web", registration=msgspec.structs.replace(client.registration, **members))
