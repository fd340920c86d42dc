"""Proofs that were made in advance are of no use where the server wants its nonce in them (P81; RFC 9449 §8)."""

import httpx2
import pytest

from tests.server.flows.world import ISSUER, World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.client.proof_key import ProofKey

pytestmark = pytest.mark.anyio


@pytest.fixture
async def served(anyio_backend: str) -> Served:
    return Served(await World.built(), dpop_nonces=True)


async def ask(served: Served, key: ProofKey) -> httpx2.Response:
    form = {"grant_type": "client_credentials", **served.basic("robot")}
    return await served.post_form("/token", form, dpop=key.proof("POST", f"{ISSUER}/token"))


async def test_a_proof_carries_a_recent_nonce(served: Served) -> None:
    """400 with one nonce; with that it passes, for a minute or two."""
    key = ProofKey(clock=served.world)
    refused = await ask(served, key)
    assert (refused.status_code, refused.json()["error"]) == (400, "use_dpop_nonce")
    assert len(refused.headers.get_list("dpop-nonce")) == 1
    key.learn(f"{ISSUER}/token", refused.headers["dpop-nonce"])
    assert (await ask(served, key)).json()["token_type"] == "DPoP"
    served.world.pass_time(180)
    assert (await ask(served, key)).json()["error"] == "use_dpop_nonce"


async def test_who_brings_no_proof_needs_no_nonce(served: Served) -> None:
    form = {"grant_type": "client_credentials", **served.basic("robot")}

    assert (await served.post_form("/token", form)).json()["token_type"] == "Bearer"


async def test_user_info_wants_it_too(served: Served) -> None:
    """RFC 9449 §9: 401 there."""
    await served.world.make_web_client()
    key = ProofKey(clock=served.world)
    async with Visitor(served) as visitor:
        code = await visitor.signed_in(scope="openid")
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43, **served.basic("web")}
    url = f"{ISSUER}/token"
    first = await served.post_form("/token", form, dpop=key.proof("POST", url))
    key.learn(url, first.headers["dpop-nonce"])
    token = (await served.post_form("/token", form, dpop=key.proof("POST", url))).json()["access_token"]
    proof = ProofKey(key._key, clock=served.world).proof("GET", f"{ISSUER}/userinfo", access_token=token)
    refused = await served.get("/userinfo", authorization=f"DPoP {token}", dpop=proof)

    assert refused.status_code == 401
    assert 'error="use_dpop_nonce"' in refused.headers["www-authenticate"]
    assert "dpop-nonce" in refused.headers
