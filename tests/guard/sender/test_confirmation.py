"""A token that is bound comes with a proof of it; one that is not comes without."""

import pytest

from tests.guard.scripted import ScriptedClock, ScriptedOutside, run
from tests.guard.sender.proofs import PUBLIC_URL, with_proof
from tokensmith.guard import ClientCertificates, InvalidTokenError, RequestFacts, SenderConstraint
from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.errors import Scheme
from tokensmith.guard.sender import Binding, SeenProofs, SenderCheck

BEARER = PresentedToken("a.b.c", "Bearer")
DPOP = PresentedToken("a.b.c", "DPoP")
OF_KEY = {"cnf": {"jkt": "x"}}
OF_CERTIFICATE = {"cnf": {"x5t#S256": "x"}}
CERTIFICATES = ClientCertificates()
CLOCK = ScriptedClock(ScriptedOutside())


def prepared(constraint: SenderConstraint | None = None, *, public_url: str | None = PUBLIC_URL) -> SenderCheck:
    return SenderCheck.prepare(constraint or SenderConstraint(), public_url=public_url, clock=CLOCK)


def refusal(check: SenderCheck, claims: object, presented: PresentedToken) -> str:
    with pytest.raises(InvalidTokenError) as caught:
        check.binding_of(claims, presented)  # type: ignore[arg-type]
    return caught.value.code


def test_a_token_bound_to_nothing_is_a_bearer_token() -> None:
    assert prepared().binding_of({}, BEARER) is None


def test_a_bearer_token_sent_as_bound_is_refused() -> None:
    """J73, RFC 9449 §7.1: the proof would say nothing about this token."""
    assert refusal(prepared(), {}, DPOP) == "token_not_bound"


def test_a_bound_token_says_to_what() -> None:
    """RFC 9449 §6.1, RFC 8705 §3.1."""
    assert prepared().binding_of(OF_KEY, DPOP) == Binding("jkt", "x")
    assert prepared().binding_of(OF_CERTIFICATE, BEARER) == Binding("x5t#S256", "x")


@pytest.mark.parametrize(("claims", "scheme"), [(OF_KEY, "Bearer"), (OF_CERTIFICATE, "DPoP")])
def test_each_kind_is_sent_in_its_own_way(claims: object, scheme: Scheme) -> None:
    """J73, RFC 9449 §7.2: a stolen bound token would otherwise be as good as any."""
    assert refusal(prepared(), claims, PresentedToken("a.b.c", scheme)) == "unproven_possession"


@pytest.mark.parametrize(
    ("policy", "certificates"), [("accept", None), ("accept", CERTIFICATES), ("require", CERTIFICATES)]
)
def test_who_requires_a_binding_takes_no_bearer_token(policy: str, certificates: ClientCertificates | None) -> None:
    constraint = SenderConstraint(policy=policy, certificates=certificates)  # type: ignore[arg-type]

    if policy == "require":
        assert refusal(prepared(constraint), {}, BEARER) == "bearer_token"
    else:
        assert prepared(constraint).binding_of({}, BEARER) is None
    assert prepared(constraint).binding_of(OF_KEY, DPOP) is not None


@pytest.mark.parametrize(
    ("binding", "public_url"), [(Binding("x5t#S256", "x"), PUBLIC_URL), (Binding("jkt", "x"), None)]
)
def test_what_is_not_offered_proves_nothing(binding: Binding, public_url: str | None) -> None:
    """J74: a certificate, or a proof, that nobody here looks at."""
    facts = RequestFacts(method="GET", url="/", headers=[], certificate=b"x")
    presented = DPOP if binding.method == "jkt" else BEARER

    with pytest.raises(InvalidTokenError) as caught:
        run(prepared(public_url=public_url).prove(binding, presented, facts))
    assert caught.value.code == "unproven_possession"


def test_the_proof_of_the_other_kind_is_none() -> None:
    """J74: with both on offer, a certificate does not stand for a key."""
    both = prepared(SenderConstraint(certificates=CERTIFICATES))

    with pytest.raises(InvalidTokenError) as caught:
        run(both.prove(Binding("x5t#S256", "x"), BEARER, with_proof("a.b.c")))
    assert caught.value.code == "certificate_missing"


@pytest.mark.parametrize(
    ("constraint", "needs_url"),
    [
        (SenderConstraint(), False),
        (SenderConstraint(certificates=CERTIFICATES), False),
        (SenderConstraint(policy="require", certificates=CERTIFICATES), False),
        (SenderConstraint(policy="require"), True),
        (SenderConstraint(nonce_secret=bytes(32)), True),
        (SenderConstraint(memory=SeenProofs(since=0)), True),
    ],
)
def test_proofs_need_a_public_url(constraint: SenderConstraint, needs_url: bool) -> None:
    """Found at start, not at the first request."""
    assert prepared(constraint).takes_proofs
    if needs_url:
        with pytest.raises(ValueError, match="public_url"):
            prepared(constraint, public_url=None)
    else:
        assert not prepared(constraint, public_url=None).takes_proofs
