"""Opaque tokens: who is asked, how often, and what happens when nobody answers."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.guard.asking import IDENTITY, URL, Asking
from tests.guard.minting import AUDIENCE, ISSUER, METADATA_URL, access_token, bearer
from tests.guard.scripted import ScriptedClock, ScriptedFetcher, json_answer, run
from tests.guard.sender.proofs import HOLDER, access_token_hash, proof, with_proof
from tests.guard.service import Service
from tokensmith.guard import Guard, Introspection, Issuer, Need
from tokensmith.guard.explain import explain
from tokensmith.guard.introspection import MAX_ACTIVE, MAX_INACTIVE, Introspector
from tokensmith.guard.sender import PossessionCheck, SeenProofs, SenderCheck
from tokensmith.guard.verify import ServiceRules, TrustedIssuers
from tokensmith.outbound import Response


def test_an_opaque_token_is_asked_about() -> None:
    """RFC 7662 §2.1, §2.2."""
    service = Asking()
    caller = service.admit("opaque", "notes:read")

    assert (caller.subject, caller.issuer, caller.scopes) == ("ada", ISSUER, {"notes:read"})
    assert service.outside.fetched == [METADATA_URL, URL]
    assert dict(service.outside.forms[0]) == {
        "token": "opaque",
        "token_type_hint": "access_token",
        "client_id": "notes",
        "client_secret": "hush",
    }


def test_an_endpoint_may_be_named() -> None:
    """For issuers without metadata."""
    service = Asking(endpoint=URL)
    del service.outside.documents[METADATA_URL]

    assert service.after(0) == "ada"


def test_a_token_that_is_not_active_is_refused() -> None:
    assert Asking().after(0, "unknown") == "inactive"


def test_a_token_that_can_be_read_gets_no_second_opinion() -> None:
    """What does not verify is bad, whatever anybody says of it."""
    service = Asking()
    forged = access_token()[:-6] + "AAAAAA"
    service.good[forged] = {"sub": "ada"}

    assert service.after(0, forged) == "invalid_signature"
    assert service.after(0, access_token()) == "ada"
    assert service.asked == 0


def test_without_introspection_an_opaque_token_is_malformed() -> None:
    assert Service().refusal("opaque") == "malformed"


def test_two_issuers_cannot_both_be_asked() -> None:
    """Asking one would show it the other's tokens."""
    issuers = [
        Issuer(url, audience=AUDIENCE, introspection=Introspection(identity=IDENTITY))
        for url in (ISSUER, "https://b.test")
    ]
    with pytest.raises(ValueError, match="one issuer"):
        TrustedIssuers(*issuers, clock=ScriptedClock(Asking().outside))


def test_a_token_without_the_scope_is_told_so() -> None:
    service = Asking()
    explanation = run(_explained(service, Need("notes:write")))

    assert "insufficient_scope" in explanation
    assert "active, as its issuer says" in explanation
    assert "revoked" not in explanation


async def _explained(service: Service, need: Need) -> str:
    return str(await explain(bearer("opaque"), need, service.trusted, service.outside, rules=service.rules))


@pytest.mark.parametrize(
    ("seconds", "asked", "in_background"), [(1.9, 1, 0), (2, 2, 1), (4.9, 2, 1), (5, 2, 0), (60, 2, 0)]
)
def test_an_answer_is_kept_for_a_moment(seconds: float, asked: int, in_background: int) -> None:
    """Within its time the next one is asked for beside the request; after it, the request waits."""
    service = Asking()
    service.after(0)

    assert service.after(seconds) == "ada"
    assert service.outside.run_background() == in_background
    assert service.asked == asked


def test_nothing_is_kept_where_nothing_may_be() -> None:
    service = Asking(keep=0)

    assert [service.after(0), service.after(0)] == ["ada", "ada"]
    assert service.asked == 2


def test_a_revoked_token_lives_no_longer_than_an_answer() -> None:
    """G07."""
    service = Asking()
    service.after(0)
    service.good.clear()

    assert service.after(4.9) == "ada"
    assert service.after(0.1) == "inactive"


def test_a_token_ends_while_its_answer_is_kept() -> None:
    service = Asking()
    service.good["opaque"]["exp"] = int(service.outside.now()) + 1

    assert (service.after(0), service.after(1)) == ("ada", "expired")
    assert service.asked == 1


def test_while_nobody_answers_an_answer_is_used_up_to_max_stale() -> None:
    """G07: And the silent issuer is asked every two seconds, not at every request."""
    service = Asking(max_stale=60)
    service.after(0)
    service.falls_silent()

    assert service.after(10) == "ada"
    assert [service.after(0.5) for _ in range(3)] == ["ada"] * 3
    assert service.asked == 2
    assert service.after(48.4) == "ada"
    assert service.after(0.1) == "introspection_unavailable"


def test_a_token_nobody_knows_gets_a_503_while_nobody_answers() -> None:
    service = Asking()
    service.falls_silent()

    assert [service.after(0, token) for token in ("opaque", "other")] == ["introspection_unavailable"] * 2
    assert service.asked == 1
    service.answers()
    assert service.after(1.9) == "introspection_unavailable"
    assert service.after(0.1) == "ada"


@pytest.mark.parametrize(
    "answer",
    [Response(status=401, headers={}, body=b"{}"), json_answer({"active": "yes"}), json_answer([])],  # type: ignore[arg-type]
)
def test_an_answer_that_is_none_is_a_503(answer: Response) -> None:
    """A wrong secret of ours, say: no caller's fault."""
    service = Asking()
    service.outside.documents[URL] = answer

    assert service.after(0) == "introspection_unavailable"


@pytest.mark.parametrize(
    ("status", "others"),
    [
        *((status, "ada") for status in (400, 413, 414, 422, 431)),
        *((status, "introspection_unavailable") for status in (401, 403, 404, 429, 500, 503)),
    ],
)
def test_a_token_that_is_not_even_read_keeps_no_other_out(status: int, others: str) -> None:
    """Or anybody could shut everybody out, by a token that is too long for the issuer, say."""
    service = Asking()

    def answer(headers: Mapping[str, str]) -> Response:
        is_odd = dict(service.outside.forms[-1])["token"] == "odd"
        return Response(status=status, headers={}, body=b"") if is_odd else service._answer(headers)

    service.outside.documents[URL] = answer

    assert service.after(0, "odd") == "introspection_unavailable"
    assert service.after(0) == others


def test_metadata_without_an_endpoint_is_a_503(caplog: pytest.LogCaptureFixture) -> None:
    service = Asking()
    service.outside.documents[METADATA_URL] = json_answer({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"})

    assert service.after(0) == "introspection_unavailable"
    assert "introspection_endpoint" in caplog.text
    assert "opaque" not in caplog.text


def test_made_up_tokens_push_no_good_one_out() -> None:
    service = Asking()
    service.after(0)
    for number in range(MAX_INACTIVE + 1):
        service.after(0, f"made-up-{number}")
    asked = service.asked

    assert service.after(0) == "ada"
    assert service.after(0, f"made-up-{MAX_INACTIVE}") == "inactive"
    assert service.asked == asked
    assert service.after(0, "made-up-0") == "inactive"
    assert service.asked == asked + 1


def test_good_tokens_take_bounded_room() -> None:
    service = Asking()
    introspector = introspector_of(service)
    for number in range(MAX_ACTIVE + 1):
        service.good[f"t{number}"] = {"sub": "ada"}
        run(introspector.claims_of(f"t{number}", service.outside))

    assert len(introspector._active) == MAX_ACTIVE


def introspector_of(service: Service) -> Introspector:
    introspector = service.trusted.introspector_of("opaque")
    assert introspector is not None
    return introspector


def test_a_token_is_kept_in_one_place_only() -> None:
    """What was active and is not any more takes the room of one."""
    service = Asking()
    service.after(0)
    service.good.clear()
    service.after(9)
    introspector = introspector_of(service)

    assert (len(introspector._active), len(introspector._inactive)) == (0, 1)


def test_it_says_how_old_its_oldest_answer_is() -> None:
    """For a service's metrics; what is not used any more does not count."""
    service = Asking()
    introspector = introspector_of(service)
    assert introspector.age(service.outside.monotonic()) is None
    service.after(0)
    service.good["other"] = {"sub": "grace"}
    service.after(7, "other")

    assert introspector.age(service.outside.monotonic() + 1) == 8
    assert introspector.age(service.outside.monotonic() + 54) == 54
    assert introspector.age(service.outside.monotonic() + 61) is None


def test_somebody_elses_answer_is_not_asked_for_again() -> None:
    """Who looked before it came and joined after it gets what it brought."""
    service = Asking()
    introspector = introspector_of(service)
    service.after(0)
    run(introspector._ask("opaque", next(iter(introspector._active)), None, service.outside))

    assert service.asked == 1


def test_a_bound_opaque_token_comes_with_its_proof() -> None:
    """RFC 9449 §6.2."""
    service = Asking()
    clock = ScriptedClock(service.outside)
    possession = PossessionCheck(public_url="https://api.test", clock=clock, memory=SeenProofs(since=0))
    service.rules = ServiceRules(sender=SenderCheck(possession=possession))
    service.good["opaque"] |= {"token_type": "DPoP", "cnf": {"jkt": HOLDER.thumbprint()}}

    assert service.refusal("opaque") == "unproven_possession"
    made = proof(ath=access_token_hash("opaque"), iat=int(service.outside.now()))
    assert service.decide(with_proof("opaque", made)).key_thumbprint == HOLDER.thumbprint()


def test_a_guard_asks_through_both_doors() -> None:
    service = Asking()
    guard = Guard(
        Issuer(ISSUER, audience=AUDIENCE, introspection=Introspection(identity=IDENTITY)),
        fetcher=ScriptedFetcher(service.outside),
        monotonic=service.outside.monotonic,
        clock=ScriptedClock(service.outside),
    )
    assert guard.ages()[ISSUER].introspection is None
    assert guard.authenticate_sync(bearer("opaque")).subject == "ada"
    service.outside.seconds += 9
    assert guard.ages()[ISSUER].introspection == 9
    assert asyncio.run(guard.authenticate(bearer("opaque"))).subject == "ada"
    assert service.asked == 2


def test_a_time_to_keep_is_no_less_than_none() -> None:
    with pytest.raises(ValueError, match="keep"):
        Introspection(identity=IDENTITY, keep=-1)
