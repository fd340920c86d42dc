"""The whole verification of a token that is bound to its holder's key."""

import pytest

from tests.guard.minting import LIST_URL, access_token, bearer, list_answer, status_claim
from tests.guard.scripted import ScriptedClock
from tests.guard.sender.proofs import HOLDER, PUBLIC_URL, THIEF, access_token_hash, proof, with_proof
from tests.guard.service import Service
from tokensmith.guard import GuardError, InsufficientScopeError, InvalidProofError, RequestFacts
from tokensmith.guard.sender import SeenProofs, SenderCheck, SenderConstraint
from tokensmith.guard.sender.constraint import Policy
from tokensmith.guard.verify import ServiceRules

BOUND = access_token(status=status_claim(), cnf={"jkt": HOLDER.thumbprint()})


class BindingService(Service):
    """A service that takes bound tokens as well as bearer tokens."""

    def __init__(self, *, policy: Policy = "accept") -> None:
        super().__init__()
        self.memory = SeenProofs(since=0)
        constraint = SenderConstraint(policy=policy, memory=self.memory)
        sender = SenderCheck.prepare(constraint, public_url=PUBLIC_URL, clock=ScriptedClock(self.outside))
        self.rules = ServiceRules(sender=sender)


@pytest.fixture
def service() -> BindingService:
    return BindingService()


def of_holder(token: str = BOUND, **claims: object) -> RequestFacts:
    return with_proof(token, proof(**{"ath": access_token_hash(token), **claims}))


def refused(service: Service, facts: RequestFacts, *scopes: str) -> GuardError:
    with pytest.raises(GuardError) as caught:
        service.decide(facts, *scopes)
    return caught.value


def test_a_bound_token_lets_the_holder_of_its_key_in(service: BindingService) -> None:
    """RFC 9449 §7.1."""
    caller = service.decide(of_holder(), "notes:read")

    assert (caller.subject, caller.key_thumbprint) == ("ada", HOLDER.thumbprint())


def test_bearer_tokens_are_taken_beside_it(service: BindingService) -> None:
    assert service.decide(bearer(access_token())).key_thumbprint is None


def test_a_stolen_bound_token_is_worth_nothing(service: BindingService) -> None:
    """Neither as a bearer token, nor with the thief's own proof, nor with a proof of the owner's that was used."""
    service.decide(of_holder())
    thiefs = with_proof(BOUND, proof(THIEF, ath=access_token_hash(BOUND)))

    assert refused(service, bearer(BOUND)).code == "unproven_possession"
    assert refused(service, thiefs).code == "dpop_key_mismatch"
    assert refused(service, of_holder()).code == "dpop_proof_replayed"
    assert refused(service, with_proof(BOUND)).code == "dpop_proof_missing"


def test_a_bearer_token_gains_nothing_by_a_proof(service: BindingService) -> None:
    """J73."""
    assert refused(service, of_holder(access_token())).code == "token_not_bound"


def test_a_revoked_token_uses_no_proof_up(service: BindingService) -> None:
    """Who may not come in leaves no trace in the memory of proofs."""
    service.outside.documents[LIST_URL] = list_answer({7})

    assert refused(service, of_holder()).code == "revoked"
    assert len(service.memory) == 0


def test_a_refusal_says_which_scheme_it_is_about(service: BindingService) -> None:
    """RFC 9449 §7.2."""
    short = refused(service, of_holder(), "notes:write")
    no_proof = refused(service, with_proof(BOUND))

    assert (type(short), short.scheme) == (InsufficientScopeError, "DPoP")
    assert (type(no_proof), no_proof.scheme) == (InvalidProofError, "DPoP")
    assert refused(service, with_proof("a.b.c", proof())).scheme == "DPoP"
    assert refused(service, bearer("a.b.c")).scheme == "Bearer"


def test_a_service_may_take_bound_tokens_alone() -> None:
    """RFC 9449 §7.2: policy "require"."""
    service = BindingService(policy="require")

    assert refused(service, bearer(access_token())).code == "bearer_token"
    assert service.decide(of_holder()).key_thumbprint == HOLDER.thumbprint()


def test_without_a_public_url_proofs_are_not_taken() -> None:
    """What a proof was made for could not be told."""
    assert refused(Service(), of_holder()).code == "unsupported_scheme"
    assert refused(Service(), bearer(BOUND)).code == "unproven_possession"
