"""What developers are told of a request that is refused, and of one that is let in."""

from typing import Any

import pytest

from tests.guard.minting import access_token, list_answer, status_claim
from tests.guard.scripted import run
from tests.guard.sender.proofs import HOLDER, proof, with_proof
from tests.guard.service import Service
from tests.guard.test_verify_bound import BOUND, BindingService, of_holder
from tokensmith.guard import Explanation, GuardError, Need, Principal, RequestFacts
from tokensmith.guard.explain import explain
from tokensmith.guard.testing import FakeIssuer
from tokensmith.guard.verify import ServiceRules


def explained(service: Service, facts: RequestFacts, *scopes: str) -> Explanation:
    return run(explain(facts, Need(*scopes), service.trusted, service.outside, rules=service.rules))


def bearer(token: str) -> RequestFacts:
    return RequestFacts.from_headers({"Authorization": f"Bearer {token}"})


def codes(explanation: Explanation) -> list[str]:
    return [problem.partition(":")[0] for problem in explanation.steps[-1].problems]


def test_a_good_request_is_told_step_by_step() -> None:
    text = str(explained(Service(), bearer(access_token(status=status_claim())), "notes:read"))

    assert (
        text.splitlines()[0] == f"ok  exactly one token: Bearer, {len(access_token(status=status_claim()))} characters"
    )
    assert "https://id.test, ES256" in text
    assert "key k1 for ada" in text
    assert text.splitlines()[-2:] == ["ok  what the route needs: scopes: notes:read", "let in"]


def test_everything_that_is_wrong_with_a_token_is_told_at_once() -> None:
    """And with the private detail, which no caller sees."""
    told = explained(Service(), bearer(access_token(aud="https://other.test", exp=1, typ="JWT")))

    assert not told.is_let_in
    assert set(codes(told)) == {"wrong_audience", "expired", "wrong_type"}
    assert "https://other.test" in str(told)
    assert str(told).endswith("refused")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (RequestFacts.from_headers({}), "missing_token"),
        (bearer("a.b.c"), "base64url"),
        (bearer(access_token(iss="https://stranger.test")), "unknown_issuer"),
        (bearer(access_token(status=status_claim(9))), "revoked"),
        (bearer(access_token(cnf={"jkt": "x"})), "unproven_possession"),
        (bearer(access_token(sub="mallory")), "denied"),
        (bearer(access_token(scope="notes:read")), "insufficient_scope"),
    ],
)
def test_it_ends_where_the_guard_would(facts: RequestFacts, code: str) -> None:
    """The same code, from the same step: two ways to tell would soon tell two things."""
    service = Service()
    service.outside.documents["https://id.test/status/1"] = list_answer({9})
    service.rules = ServiceRules(revoked=lambda caller: caller.subject == "mallory")
    with pytest.raises(GuardError) as caught:
        service.decide(facts, "notes:write")

    assert codes(explained(service, facts, "notes:write")) == [caught.value.code]
    assert caught.value.code == code


@pytest.mark.parametrize("flaw", ["expired", "wrong audience", "wrong issuer", "wrong type", "alg none", "damaged"])
def test_a_guard_explains_a_token_or_a_whole_request(flaw: Any) -> None:
    issuer = FakeIssuer()
    guard = issuer.guard()

    assert guard.explain(issuer.token(scope="a"), Need("a")).is_let_in
    assert not guard.explain(issuer.token(flaw=flaw)).is_let_in
    assert not guard.explain(RequestFacts.from_headers(issuer.headers(flaw=flaw))).is_let_in


def test_a_proof_is_a_step_of_its_own() -> None:
    assert explained(BindingService(), of_holder()).is_let_in
    told = explained(BindingService(), with_proof(BOUND, proof(ath="x")))

    assert told.steps[-1].name == "its sender holds what it is bound to"
    assert codes(told) == ["dpop_proof_access_token"]


def test_what_the_service_says_is_a_step_of_its_own() -> None:
    def broken(_: Principal) -> bool:
        raise ConnectionError("gone")

    service = Service()
    service.rules = ServiceRules(revoked=broken)
    told = explained(service, bearer(access_token()))

    assert (told.steps[-1].name, codes(told)) == ("not denied by the service", ["deny_list_unavailable"])
    assert "gone" in str(told)


def test_the_key_of_the_holder_is_not_the_token() -> None:
    """What is printed may be pasted somewhere."""
    assert BOUND not in str(explained(BindingService(), of_holder()))
    assert HOLDER.thumbprint() not in str(explained(Service(), bearer(access_token())))
