"""A client of the FAPI 2.0 preset, from its pushed request to its refresh token (FAPI 2.0 Security Profile §5.3.2)."""

import json
from typing import Any

import httpx2
import pytest

from tests.server.flows.world import ISSUER, NOTES, READ
from tests.server.web.served import Served
from tests.server.web.visitor import APP, REQUEST, VERIFIER, Visitor
from tokensmith.client.proof_key import ProofKey
from tokensmith.jose import Key, jwt
from tokensmith.outbound.identity import KeyClient
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.fapi import fapi2
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.flows.manage_clients import NewClient

pytestmark = pytest.mark.anyio
KEY, WEAKER = Key.generate("PS256"), Key.generate("RS256")


class Bank:
    """Such a client; every request is proven anew, as it must be."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.key = KEY
        self.proof_key: ProofKey | None = ProofKey(Key.generate("ES256"), clock=served.world)

    async def post(self, path: str, **form: str) -> httpx2.Response:
        identity = KeyClient("bank", self.key, clock=self.served.world).introduce(ISSUER).form
        proof = {} if self.proof_key is None else {"dpop": self.proof_key.proof("POST", ISSUER + path)}
        return await self.served.post_form(path, {**form, **dict(identity)}, **proof)

    async def push(self, **changes: Any) -> httpx2.Response:
        form = {**REQUEST, "client_id": "bank", **changes}
        return await self.post("/par", **{name: value for name, value in form.items() if value is not None})

    async def redeem(self, visitor: Visitor) -> httpx2.Response:
        request_uri = (await self.push()).json()["request_uri"]
        await visitor.go(f"/authorize?client_id=bank&request_uri={request_uri}")
        await visitor.sign_in()
        await visitor.allow()
        form = {"code": visitor.told["code"], "redirect_uri": APP, "code_verifier": VERIFIER}
        return await self.post("/token", grant_type="authorization_code", **form)


@pytest.fixture
async def bank(served: Served) -> Bank:
    keys = {"keys": [dict(key.public().to_jwk()) for key in (KEY, WEAKER)]}
    new = NewClient(
        id="bank",
        name="Bank",
        grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
        confidential=True,
        audiences={NOTES: frozenset({READ})},
        default_audience=NOTES,
        registration=fapi2(Registration(redirect_uris=(APP,), jwks=json.dumps(keys))),
    )
    await served.world.clients.create(new)
    return Bank(served)


async def test_its_tokens_are_bound_and_its_refresh_token_stays(bank: Bank) -> None:
    """P53: not rotated, and good again and again for as long as it lives."""
    async with Visitor(bank.served) as visitor:
        first = await bank.redeem(visitor)
    assert (first.status_code, first.json()["token_type"]) == (200, "DPoP")
    assert jwt.read_unverified(first.json()["id_token"]).unverified_header["alg"] == "ES256"
    refresh_token = first.json()["refresh_token"]
    for _ in range(3):
        bank.served.world.pass_time(600)
        again = await bank.post("/token", grant_type="refresh_token", refresh_token=refresh_token)
        assert (again.status_code, again.json()["refresh_token"]) == (200, refresh_token)


async def test_its_refresh_token_ends_like_any_other(bank: Bank) -> None:
    async with Visitor(bank.served) as visitor:
        refresh_token = (await bank.redeem(visitor)).json()["refresh_token"]
    assert (await bank.post("/revoke", token=refresh_token)).status_code == 200
    refused = await bank.post("/token", grant_type="refresh_token", refresh_token=refresh_token)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_nothing_weaker_is_taken(bank: Bank) -> None:
    """§5.4.1: no RS256, neither for itself nor for its proofs; §5.3.2.1: no token that is not bound."""
    bank.key = WEAKER
    assert (await bank.push()).json()["error"] == "invalid_client"
    bank.key, good = KEY, bank.proof_key
    bank.proof_key = ProofKey(WEAKER, clock=bank.served.world)
    assert (await bank.push()).json()["error"] == "invalid_dpop_proof"
    bank.proof_key = good
    async with Visitor(bank.served) as visitor:
        refresh_token = (await bank.redeem(visitor)).json()["refresh_token"]
    bank.proof_key = None
    refused = await bank.post("/token", grant_type="refresh_token", refresh_token=refresh_token)
    assert refused.json()["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": None}, {"code_challenge": None}, {"code_challenge_method": "plain"}]
)
async def test_a_request_has_everything(bank: Bank, changes: dict[str, Any]) -> None:
    """§5.3.2.2."""
    assert (await bank.push(**changes)).json()["error"] == "invalid_request"


async def test_a_request_that_is_not_pushed_is_refused(bank: Bank) -> None:
    async with Visitor(bank.served) as visitor:
        await visitor.authorize(client_id="bank")
        assert visitor.told["error"] == "invalid_request"
