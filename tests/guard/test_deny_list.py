"""The service's own word on who is not let in."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.guard.minting import ISSUER, NOW, access_token
from tests.guard.scripted import EPOCH, ScriptedClock, ScriptedOutside, run
from tests.guard.service import Service
from tokensmith.guard import DenyList, InvalidTokenError, Principal, UnavailableError
from tokensmith.guard.deny_list import Revoked, check_revoked
from tokensmith.guard.verify import ServiceRules


def caller(*, subject: str = "ada", client_id: str | None = "web", issuer: str = ISSUER, **claims: Any) -> Principal:
    usual = {"jti": "t-1", "iat": NOW, "exp": NOW + 300}
    kept = {name: value for name, value in (usual | claims).items() if value is not None}
    return Principal(subject=subject, client_id=client_id, issuer=issuer, scopes=frozenset(), claims=kept)


class Denying:
    """A list, and the clock it goes by."""

    def __init__(self, **options: Any) -> None:
        self.outside = ScriptedOutside(seconds=NOW - EPOCH)
        self.list = DenyList(clock=ScriptedClock(self.outside), **options)


def test_a_good_token_is_refused_where_the_service_says_so() -> None:
    service, token = Service(), access_token()
    assert service.admit(token).subject == "ada"
    service.rules = ServiceRules(revoked=lambda principal: principal.subject == "ada")

    assert service.refusal(token) == "denied"


def test_the_service_is_asked_about_good_tokens_alone() -> None:
    """A stranger's token leads to no question at its store."""
    asked: list[Principal] = []
    service = Service()
    service.rules = ServiceRules(revoked=lambda principal: bool(asked.append(principal)))

    service.refusal(access_token(exp=NOW - 100))
    assert asked == []
    service.admit(access_token())
    assert [principal.subject for principal in asked] == ["ada"]


def test_it_may_be_asked_asynchronously() -> None:
    async def revoked(principal: Principal) -> bool:
        await asyncio.sleep(0)
        return principal.subject == "ada"

    asyncio.run(check_revoked(revoked, caller(subject="bob")))
    with pytest.raises(InvalidTokenError):
        asyncio.run(check_revoked(revoked, caller()))


def unanswered(revoked: Any) -> str:
    with pytest.raises(UnavailableError) as caught:
        run(check_revoked(revoked, caller()))
    assert caught.value.status == 503
    return caught.value.code


@pytest.mark.parametrize("answer", [None, 0, 1, "", "no", [], {}])
def test_anything_but_yes_and_no_is_no_answer(answer: Any) -> None:
    """A function that forgot to return must not let everybody in."""
    assert unanswered(lambda _: answer) == "deny_list_unavailable"


@pytest.mark.parametrize("error", [ConnectionError("gone"), KeyError("x"), TimeoutError(), RuntimeError()])
def test_a_store_that_is_gone_lets_nobody_in(error: Exception) -> None:
    """Never a 401 that would make a good client throw its token away, and never a pass."""

    def revoked(_: Principal) -> bool:
        raise error

    assert unanswered(revoked) == "deny_list_unavailable"


def test_a_token_is_denied_and_no_other() -> None:
    denying = Denying()
    denying.list.deny_token(caller())

    assert denying.list(caller())
    assert not denying.list(caller(jti="t-2"))
    assert not denying.list(caller(issuer="https://other.test"))
    assert not denying.list(caller(jti=None))


@pytest.mark.parametrize("ahead", [-300, 0, 1, 10, 600])
def test_a_denied_token_is_denied_whatever_its_issuers_clock_said(ahead: int) -> None:
    """It is named by its id; that it seems to be issued later than it was denied is no way in."""
    denying = Denying()
    denying.list.deny_token(caller(iat=NOW + ahead))

    assert denying.list(caller(iat=NOW + ahead))


def test_how_far_clocks_may_differ_is_said() -> None:
    denying = Denying(leeway=60)
    denying.list.deny_subject("ada", issuer=ISSUER)

    assert denying.list(caller(iat=NOW + 60))
    assert not denying.list(caller(iat=NOW + 61))


def test_no_denial_is_lost_to_another_thread() -> None:
    """Making room takes more than one step; what others add meanwhile stays."""
    denying = Denying(longest_lifetime=1, capacity=50_000)
    for number in range(20_000):
        denying.list.deny_subject(f"old-{number}", issuer=ISSUER)
    denying.outside.seconds += 1000
    shortest = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            names = [f"p{number}" for number in range(40_000)]
            list(threads.map(lambda name: denying.list.deny_subject(name, issuer=ISSUER), names, chunksize=1))
    finally:
        sys.setswitchinterval(shortest)

    assert all(denying.list(caller(subject=name, iat=NOW)) for name in names)


@pytest.mark.parametrize("who", ["subject", "client"])
def test_whatever_was_issued_up_to_now_is_denied(who: str) -> None:
    """Who signs in again is let in again, once the issuer's clock can no longer be the reason for a later "iat"."""
    denying = Denying()
    if who == "subject":
        denying.list.deny_subject("ada", issuer=ISSUER)
    else:
        denying.list.deny_client("web", issuer=ISSUER)

    assert denying.list(caller(iat=NOW - 5))
    assert denying.list(caller(iat=NOW))
    assert denying.list(caller(iat=NOW + 10))
    assert denying.list(caller(iat=None))
    assert not denying.list(caller(iat=NOW + 11))
    assert not denying.list(caller(issuer="https://other.test"))
    assert not denying.list(caller(subject="bob", client_id="other"))
    assert not denying.list(caller(subject="bob", client_id=None))


def test_names_of_one_kind_are_none_of_another() -> None:
    """A client that is called as a person is."""
    denying = Denying()
    denying.list.deny_subject("web", issuer=ISSUER)
    denying.list.deny_client("t-1", issuer=ISSUER)

    assert not denying.list(caller())


@pytest.mark.parametrize("claims", [{"jti": None}, {"jti": 7}, {"exp": None}])
def test_a_token_that_cannot_be_told_from_others_is_not_denied_by_itself(claims: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="jti"):
        Denying().list.deny_token(caller(**claims))


@pytest.mark.parametrize(("later", "kept"), [(699, 1), (700, 0)])
def test_what_has_expired_makes_room(later: float, kept: int) -> None:
    """Its lifetime of 100 seconds, and the most that a guard may forgive clocks."""
    denying = Denying(longest_lifetime=100, capacity=1)
    denying.list.deny_subject("ada", issuer=ISSUER)
    denying.outside.seconds += later

    if kept:
        with pytest.raises(OverflowError):
            denying.list.deny_subject("bob", issuer=ISSUER)
        assert denying.list(caller())
    else:
        denying.list.deny_subject("bob", issuer=ISSUER)
        assert not denying.list(caller())
    assert len(denying.list) == 1


def test_it_is_what_a_guard_asks() -> None:
    revoked: Revoked = Denying().list

    run(check_revoked(revoked, caller()))
