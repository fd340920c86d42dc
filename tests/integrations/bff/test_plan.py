"""Sign in, come back, who is there, sign out; and whose requests count."""

from collections.abc import Mapping

import pytest

from tests.client.scripted_server import ISSUER, refusal
from tests.integrations.bff.front_end import APP, OURS, FrontEnd, signed_in
from tokensmith.integrations.bff import BffError
from tokensmith.integrations.bff.cookies import SESSION_COOKIE
from tokensmith.outbound import FetchError, Response

SILENCE = FetchError("Silence.", code="timed_out")


def refusal_of(front: FrontEnd, headers: Mapping[str, str], path: str = "/notes") -> tuple[int, str]:
    with pytest.raises(BffError) as caught:
        front.bff.token_sync(front.facts("GET", path, headers))
    return caught.value.answer.status, caught.value.code


def test_a_person_signs_in() -> None:
    """RFC 10017 §6.1.1, A to I."""
    front = FrontEnd()
    assert front.who() == {"signed_in": False}
    asked = front.go_to_sign_in("/notes")
    assert (asked["redirect_uri"], asked["resource"]) == (f"{APP}/bff/callback", "https://notes.test")
    answer = front.ask("GET", f"/bff/callback?code=c&state={asked['state']}")

    assert answer.status == 200
    assert b"0;url=/notes" in answer.body
    assert list(front.cookies) == [SESSION_COOKIE]
    assert front.who() == {"signed_in": True, "claims": {}, "ends_in": 12 * 3600}
    assert front.token() == "a"


def test_no_token_is_ever_sent_to_the_browser() -> None:
    """RFC 10017 §6.1: neither in a cookie nor in an answer."""
    front = FrontEnd(signed_in("the-access-token", refresh_token="the-refresh-token", id_token="the-id-token"))
    answers = [front.sign_in(), front.ask("GET", "/bff/session")]

    for answer in answers:
        shown = repr(answer.headers) + answer.body.decode()
        assert "the-" not in shown
    assert "the-" not in str(front.cookies)


def test_the_sessions_cookie_goes_to_nobody_from_elsewhere() -> None:
    answer = FrontEnd().sign_in()
    cookie = next(value for name, value in answer.headers if SESSION_COOKIE in value)

    assert cookie.endswith("; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict")


def test_another_browsers_answer_signs_nobody_in() -> None:
    """Login CSRF: a link with somebody else's code and state."""
    attacker, victim = FrontEnd(), FrontEnd()
    state = attacker.go_to_sign_in()["state"]
    victim.go_to_sign_in()
    answer = victim.ask("GET", f"/bff/callback?code=c&state={state}")

    assert answer.status == 400
    assert victim.who() == {"signed_in": False}
    assert victim.server.forms == []


def test_a_sign_in_is_finished_once_and_in_time() -> None:
    front = FrontEnd()
    state = front.go_to_sign_in()["state"]
    kept = dict(front.cookies)
    front.server.outside.seconds += 600
    assert front.ask("GET", f"/bff/callback?code=c&state={state}").status == 400
    front.cookies = kept
    front.server.outside.seconds -= 1
    assert front.ask("GET", f"/bff/callback?code=c&state={state}").status == 200

    assert front.ask("GET", f"/bff/callback?code=c&state={state}").status == 400


def test_two_tabs_may_sign_in_at_once() -> None:
    front = FrontEnd()
    first, second = front.go_to_sign_in()["state"], front.go_to_sign_in()["state"]

    assert front.ask("GET", f"/bff/callback?code=c&state={second}").status == 200
    assert front.ask("GET", f"/bff/callback?code=c&state={first}").status == 200


def test_a_new_sign_in_ends_the_former_session() -> None:
    """No session fixation: a new number each time; and the old one is nobody's."""
    front = FrontEnd()
    front.sign_in()
    former = dict(front.cookies)
    front.sign_in()
    front.cookies, now = former, dict(front.cookies)
    assert front.who() == {"signed_in": False}
    front.cookies = now

    assert front.who()["signed_in"]


def test_a_no_is_a_page() -> None:
    front = FrontEnd()
    state = front.go_to_sign_in()["state"]
    answer = front.ask("GET", f"/bff/callback?error=access_denied&error_description=<b>&state={state}")

    assert answer.status == 400
    assert b"<b>" not in answer.body
    assert b"denied" not in answer.body


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (refusal("invalid_client", status=401), 502, b"request_refused"),
        (SILENCE, 503, b"server_unreachable"),
        (Response(status=200, headers={}, body=b"{}"), 502, b"unusable_answer"),
    ],
)
def test_trouble_with_the_server_is_not_the_persons(answer: object, status: int, code: bytes) -> None:
    front = FrontEnd(answer)
    made = front.sign_in()

    assert (made.status, made.body) == (status, b'{"error":"' + code + b'"}')


@pytest.mark.parametrize(
    ("headers", "good"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": APP}, True),
        ({"X-Tokensmith-BFF": "1"}, True),
        ({}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": APP}, False),
        ({"Sec-Fetch-Site": "cross-site", "X-Tokensmith-BFF": "1"}, False),
        ({"Origin": "https://evil.test"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": f"{APP}/"}, False),
        ({"Origin": "https://evil.test", "X-Tokensmith-BFF": "1"}, False),
    ],
)
def test_tokens_are_lent_to_pages_of_ours(headers: dict[str, str], good: bool) -> None:
    """RFC 10017 §6.1.3.3, for what changes something and for what does not."""
    front = FrontEnd()
    front.sign_in()

    if good:
        assert front.bff.token_sync(front.facts("GET", "/notes", headers)).access_token == "a"
    else:
        assert refusal_of(front, headers) == (403, "cross_site_request")


def test_nobody_gets_nothing() -> None:
    front = FrontEnd()
    assert refusal_of(front, OURS) == (401, "not_signed_in")
    front.cookies[SESSION_COOKIE] = "a.b.c.d.e"

    assert refusal_of(front, OURS) == (401, "not_signed_in")


def test_the_cookie_of_a_sign_in_is_none_of_a_session() -> None:
    front = FrontEnd()
    front.go_to_sign_in()
    front.cookies[SESSION_COOKIE] = next(iter(front.cookies.values()))

    assert front.who() == {"signed_in": False}


def test_signing_out_ends_it_here_and_there() -> None:
    """And not on another site's word."""
    front = FrontEnd()
    front.sign_in()
    kept = dict(front.cookies)
    assert front.ask("POST", "/bff/logout").status == 403
    assert front.token() == "a"
    answer = front.ask("POST", "/bff/logout", OURS)

    assert answer.status == 200
    assert f"{ISSUER}/end?client_id=web".encode() in answer.body
    assert front.cookies == {}
    assert front.server.forms[-1]["token"] == "r-a"
    front.cookies = kept
    assert refusal_of(front, OURS) == (401, "not_signed_in")


def test_signing_out_twice_is_signing_out() -> None:
    assert FrontEnd().ask("POST", "/bff/logout", OURS).body == b'{"end_session_url":null}'


def test_a_server_that_is_gone_keeps_nobody_signed_in() -> None:
    front = FrontEnd(signed_in(refresh_token=None))
    front.sign_in()
    front.server.outside.documents[f"{ISSUER}/revoke"] = SILENCE
    assert b"/end?" in front.ask("POST", "/bff/logout", OURS).body
    other = FrontEnd()
    other.sign_in()
    other.server.outside.documents[f"{ISSUER}/revoke"] = SILENCE

    assert other.ask("POST", "/bff/logout", OURS).body == b'{"end_session_url":null}'
    assert other.who() == {"signed_in": False}


def test_other_paths_are_the_applications_and_other_methods_nobodys() -> None:
    front = FrontEnd()
    for path in ("/", "/bff", "/bff/", "/bff/other", "/bff/login/"):
        assert front.bff.handle_sync(front.facts("GET", path)) is None
    for method, path in (("POST", "/bff/login"), ("POST", "/bff/session"), ("GET", "/bff/logout")):
        assert front.ask(method, path).status == 405


def test_a_broken_query_is_refused() -> None:
    assert FrontEnd().ask("GET", "/bff/callback?state=a&state=b").status == 400
