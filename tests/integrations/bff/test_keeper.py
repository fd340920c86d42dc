"""Tokens of a session are renewed in time, once, and nobody is signed out by a race or an outage."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client.scripted_server import ISSUER, refusal, token_answer
from tests.integrations.bff.front_end import OURS, FrontEnd, signed_in
from tokensmith.client import ServerUnavailableError
from tokensmith.integrations.bff import BffError, MemorySessions
from tokensmith.outbound import FetchError, Response

SILENCE = FetchError("Silence.", code="timed_out")
ASKERS = 10


def begun(*answers: object, **options: object) -> FrontEnd:
    front = FrontEnd(signed_in("a"), *answers, **options)  # type: ignore[arg-type]
    front.sign_in()
    return front


def after(front: FrontEnd, seconds: float) -> str:
    front.server.outside.seconds += seconds
    try:
        return front.token()
    except BffError as error:
        return error.code


def shown(front: FrontEnd) -> list[str]:
    return [form["refresh_token"] for form in front.server.forms if form.get("grant_type") == "refresh_token"]


@pytest.mark.parametrize(("seconds", "token"), [(79, "a"), (80, "b"), (100, "b"), (5000, "b")])
def test_a_token_is_renewed_before_it_ends(seconds: float, token: str) -> None:
    assert after(begun(signed_in("b")), seconds) == token


def test_each_refresh_token_is_shown_once() -> None:
    """And a server that gives no other one means the old one to go on."""
    front = begun(signed_in("b"), signed_in("c", refresh_token=None), signed_in("d"))

    assert [after(front, 90) for _ in range(3)] == ["b", "c", "d"]
    assert shown(front) == ["r-a", "r-b", "r-b"]
    assert {form.get("resource") for form in front.server.forms if "refresh_token" in form} == {"https://notes.test"}


def test_a_page_that_asks_for_ten_things_shows_the_token_once() -> None:
    """RFC 9700 §4.14.2: to show it twice would end the whole sign-in at most servers."""
    gate = threading.Event()

    def slow(_: Mapping[str, str]) -> Response:
        gate.wait(10)
        return signed_in("b")  # type: ignore[return-value]

    front = begun(slow)
    front.server.outside.seconds += 200
    with ThreadPoolExecutor(ASKERS) as threads:
        asked = [threads.submit(front.token) for _ in range(ASKERS)]
        gate.set()
        assert {each.result(20) for each in asked} == {"b"}
    assert shown(front) == ["r-a"]


def test_while_one_renews_the_others_go_on_with_what_is_good() -> None:
    front = begun(signed_in("b"))
    name = next(iter(front.sessions._kept))  # type: ignore[attr-defined]
    front.server.outside.seconds += 90
    hold(front, name)

    assert front.token() == "a"
    assert shown(front) == []


def hold(front: FrontEnd, name: str) -> None:
    claim = front.sessions.claim(name, by="another process", seconds=15)
    with pytest.raises(StopIteration) as done:
        claim.send(None)  # type: ignore[attr-defined]
    assert done.value.value is True


def test_whoever_died_while_renewing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    front = begun(signed_in("b"))
    monkeypatch.setattr("tokensmith.integrations.bff.doors.time.sleep", lambda seconds: pass_(front, seconds))
    front.server.outside.seconds += 101
    hold(front, next(iter(front.sessions._kept)))  # type: ignore[attr-defined]

    assert after(front, 0) == "b"


def pass_(front: FrontEnd, seconds: float) -> None:
    front.server.outside.seconds += seconds


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    front = begun(signed_in("b"))
    monkeypatch.setattr("tokensmith.integrations.bff.doors.time.sleep", lambda _: None)
    front.server.outside.seconds += 101
    hold(front, next(iter(front.sessions._kept)))  # type: ignore[attr-defined]

    assert after(front, 0) == "server_unreachable"


@pytest.mark.parametrize("revocation", [token_answer(), SILENCE], ids=["told", "not told"])
def test_who_signs_out_during_a_renewal_stays_signed_out(revocation: Response | FetchError) -> None:
    """And the tokens that came too late are given up as well."""
    fronts: list[FrontEnd] = []

    def slow(_: Mapping[str, str]) -> Response:
        cookies = dict(fronts[0].cookies)
        fronts[0].ask("POST", "/bff/logout", OURS)
        fronts[0].cookies = cookies
        return signed_in("b")  # type: ignore[return-value]

    fronts.append(begun(slow))
    fronts[0].server.outside.documents[f"{ISSUER}/revoke"] = revocation

    assert after(fronts[0], 90) == "not_signed_in"
    assert fronts[0].who() == {"signed_in": False}
    assert [form["token"] for form in fronts[0].server.forms if "token" in form] == ["r-a", "r-b"]


def test_a_refresh_token_that_is_over_ends_the_session() -> None:
    """RFC 10017 §6.1.2.2; and it is not shown again."""
    front = begun(refusal("invalid_grant"))

    assert after(front, 90) == "not_signed_in"
    assert after(front, 0) == "not_signed_in"
    assert front.who() == {"signed_in": False}
    assert shown(front) == ["r-a"]


def test_an_outage_signs_nobody_out() -> None:
    front = begun(SILENCE, SILENCE, signed_in("b"))

    assert after(front, 90) == "a"
    assert after(front, 20) == "server_unreachable"
    assert after(front, 0) == "b"


def test_a_refusal_of_this_service_ends_no_session() -> None:
    """A secret that was changed there, say; somebody mends it, and people go on."""
    front = begun(refusal("invalid_client", status=401), signed_in("b"))

    assert after(front, 90) == "request_refused"
    assert after(front, 0) == "b"


def test_without_a_refresh_token_a_session_ends_with_its_token() -> None:
    front = FrontEnd(token_answer("a", expires_in=105))
    front.sign_in()

    assert [after(front, 90), after(front, 20)] == ["a", "not_signed_in"]
    assert front.who() == {"signed_in": False}


def test_a_session_ends_in_its_time_however_busy() -> None:
    """RFC 10017 §6.1.2.2."""
    front = begun(signed_in("b"))
    front.server.outside.seconds += 12 * 3600 - 1
    assert front.who()["signed_in"]

    assert after(front, 1) == "not_signed_in"


def test_what_the_store_holds_says_nothing() -> None:
    store = MemorySessions()
    begun(sessions=store)
    ((name, (content, _)),) = store._kept.items()

    assert "r-a" not in content
    assert content.count(".") == 4
    assert len(name) == 64


def test_a_store_that_holds_nonsense_holds_no_session() -> None:
    front = begun()
    kept = front.sessions._kept  # type: ignore[attr-defined]
    kept[next(iter(kept))] = ("nonsense", 1e12)

    assert after(front, 0) == "not_signed_in"


class Gone(MemorySessions):
    """A store that cannot be reached any more."""

    is_gone = False

    async def load(self, name: str) -> str | None:
        if self.is_gone:
            raise ServerUnavailableError("Sessions cannot be reached.", code="sessions_unavailable")
        return await super().load(name)


def test_a_store_that_is_gone_signs_nobody_out() -> None:
    store = Gone()
    front = begun(sessions=store)
    store.is_gone = True
    answer = front.ask("GET", "/bff/session")
    with pytest.raises(BffError) as caught:
        front.bff.token_sync(front.facts("GET", "/notes", OURS))

    assert (answer.status, caught.value.answer.status) == (503, 503)
    assert dict(answer.headers)["retry-after"] == "2"
    store.is_gone = False
    assert front.token() == "a"
