"""What an adapter owes to tokens that are bound to a key; beside the contract, with the same services."""

import time
from typing import Any

import pytest

from tests.guard.sender.proofs import HOLDER, THIEF, access_token_hash, proof
from tests.integrations.contract import MakeService, Reply, Send, with_token
from tokensmith.guard import Guard, SenderConstraint
from tokensmith.guard.testing import FakeIssuer
from tokensmith.jose import Key

PUBLIC_URL = "https://service.test"


def binding_guard(issuer: FakeIssuer, **constraint: Any) -> Guard:
    return Guard(issuer.issuer(), fetcher=issuer, public_url=PUBLIC_URL, sender=SenderConstraint(**constraint))


def bound_token(issuer: FakeIssuer) -> str:
    return issuer.token(sub="ada", scope="notes:read", cnf={"jkt": HOLDER.thumbprint()})


def ask(
    send: Send, token: str, *, key: Key = HOLDER, scheme: str = "DPoP", path: str = "/notes", **claims: Any
) -> Reply:
    """GET *path* with the token and a proof."""
    made = {"htu": f"{PUBLIC_URL}{path}", "ath": access_token_hash(token), "iat": int(time.time()), **claims}
    return send("GET", path, [("Authorization", f"{scheme} {token}"), ("DPoP", proof(key, **made))])


class BoundTokensContract:
    """Needs the fixture `make_service` of the contract."""

    @pytest.fixture
    def issuer(self) -> FakeIssuer:
        return FakeIssuer()

    @pytest.fixture
    def binding(self, make_service: MakeService, issuer: FakeIssuer) -> Send:
        return make_service(binding_guard(issuer))

    def test_the_holder_of_the_key_gets_in_once_per_proof(self, binding: Send, issuer: FakeIssuer) -> None:
        """J72: header, method and path reach the guard as they were sent, and it is asked once per request."""
        token = bound_token(issuer)

        assert ask(binding, token, jti="1").json == {"subject": "ada"}
        assert ask(binding, token, jti="2").status == 200
        assert ask(binding, token, jti="1").json["error"] == "invalid_dpop_proof"

    def test_a_stolen_token_is_worth_nothing(self, binding: Send, issuer: FakeIssuer) -> None:
        """J73."""
        token = bound_token(issuer)

        assert binding("GET", "/notes", with_token(token)).status == 401
        assert ask(binding, token, key=THIEF).status == 401
        assert ask(binding, token, scheme="Bearer").status == 401
        assert ask(binding, token, path="/me", htu=f"{PUBLIC_URL}/notes").status == 401
        assert ask(binding, token, htm="POST").status == 401

    def test_both_ways_are_offered(self, binding: Send, issuer: FakeIssuer) -> None:
        """RFC 9449 §7.2."""
        reply = binding("GET", "/notes", [])

        assert (reply.challenge or "").startswith('Bearer, DPoP algs="')
        assert binding("GET", "/notes", with_token(issuer.token(scope="notes:read"))).status == 200

    def test_a_nonce_is_told_and_then_taken(self, make_service: MakeService, issuer: FakeIssuer) -> None:
        """RFC 9449 §9."""
        send, token = make_service(binding_guard(issuer, nonce_secret=bytes(range(32)))), bound_token(issuer)
        refused = ask(send, token)

        assert (refused.status, refused.json["error"]) == (401, "use_dpop_nonce")
        assert 'DPoP error="use_dpop_nonce"' in (refused.challenge or "")
        assert ask(send, token, nonce=refused.headers["dpop-nonce"]).status == 200

    def test_bearer_tokens_may_be_refused(self, make_service: MakeService, issuer: FakeIssuer) -> None:
        """RFC 9449 §7.2."""
        send = make_service(binding_guard(issuer, policy="require"))
        refused = send("GET", "/notes", with_token(issuer.token(scope="notes:read")))

        assert refused.status == 401
        assert (refused.challenge or "").startswith('DPoP error="invalid_token"')
        assert "Bearer" not in (refused.challenge or "")
        assert ask(send, bound_token(issuer)).status == 200
