"""First-party sign-in: JSON for programs, cookies for pages of our own, nothing for anybody else (decision 13)."""

from typing import Any

import pytest

from tests.guard.sender.proofs import proof
from tests.server.flows.world import ISSUER, NOTES, PASSWORD, READ
from tests.server.web.served import Served
from tokensmith.server.domain.errors import UnavailableError

pytestmark = pytest.mark.anyio
ADA = {"username": "ada", "password": PASSWORD}
REFRESH_COOKIE = "__Host-tokensmith-refresh"


async def test_a_program_signs_in_and_gets_json(served: Served) -> None:
    """RFC 6749 §5.1's token response."""
    answer = await served.post_json("/api/login", {**ADA, "resource": NOTES, "scope": READ})

    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


async def test_wrong_password_and_unknown_name_look_the_same(served: Served) -> None:
    """Nobody learns who has an account: same status, same headers, same body but for the random id."""
    wrong = await served.post_json("/api/login", {**ADA, "password": "not this"})
    unknown = await served.post_json("/api/login", {**ADA, "username": "nobody"})

    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "error_id": ""} == {**unknown.json(), "error_id": ""}
    assert wrong.json()["error"] == "invalid_credentials"
    assert wrong.headers == unknown.headers


async def test_too_many_wrong_passwords_lock_the_name_whether_or_not_it_exists(served: Served) -> None:
    """429 with Retry-After, before any hashing; the right password waits, too."""
    answers = {}
    for name in ("ada", "nobody"):
        for _ in range(5):
            await served.post_json("/api/login", {"username": name, "password": "not this"})
        answers[name] = await served.post_json("/api/login", {**ADA, "username": name})

    for answer in answers.values():
        assert (answer.status_code, answer.json()["error"]) == (429, "too_many_attempts")
        assert int(answer.headers["retry-after"]) >= 1


async def test_one_address_has_only_so_many_sign_ins(served: Served) -> None:
    """Whatever the names: guessing one password for a thousand people."""
    served.sign_ins.room = 2
    statuses = [
        (await served.post_json("/api/login", {**ADA, "username": f"user{number}"})).status_code for number in range(3)
    ]
    async with served.http(peer="198.51.100.9") as elsewhere:
        answer = await elsewhere.post("/api/login", json=ADA)

    assert statuses == [401, 401, 429]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"username": "ada"}',
        b'{"username": "ada", "password": 5}',
        b'{"username": "ada", "password": "x", "password": "y"}',
        b'{"username": "ada", "password": "x", "code": "123456"}',
        b'{"username": "ada", "password": "x", "transport": "pigeon"}',
        b'{"username": "", "password": "x"}',
        b'{"username": "ada", "password": ""}',
        b'{"username": "' + b"a" * 70_000 + b'", "password": "x"}',
    ],
)
async def test_a_body_that_is_not_a_sign_in_is_refused(served: Served, body: bytes) -> None:
    """Unknown members too: `/api` is ours, and a member nobody reads is a misunderstanding."""
    answer = await served.post_json("/api/login", body)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_form_is_refused(served: Served) -> None:
    """A form is what a page of another site can send without asking."""
    assert (await served.post_form("/api/login", ADA)).status_code == 400


async def test_a_page_of_our_own_gets_cookies_and_no_token(served: Served) -> None:
    """A token in a page's hands is one injected script away from somebody else's."""
    answer = await served.post_json("/api/login", ADA, origin=ISSUER, **{"sec-fetch-site": "same-origin"})

    assert answer.status_code == 200
    assert answer.json() == {"token_type": "Bearer", "expires_in": 900, "scope": READ, "transport": "cookie"}
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-tokensmith-access", REFRESH_COOKIE]
    assert "Max-Age=900;" in cookies[0]
    assert "Max-Age=1209600;" in cookies[1]


@pytest.mark.parametrize("path", ["/api/login", "/api/refresh", "/api/logout"])
@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_page_of_another_origin_is_refused(served: Served, path: str, headers: dict[str, str]) -> None:
    """Login CSRF, and logout CSRF; and no CORS header lets the page read why."""
    answer = await served.post_json(path, ADA, **headers)

    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden_origin")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/api/login", "/api/refresh", "/api/logout"])
async def test_no_preflight_is_answered(served: Served, path: str) -> None:
    """No page of another origin may send JSON here."""
    async with served.http() as client:
        answer = await client.options(path, headers={"origin": "https://evil.example"})

    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


async def test_a_page_that_asks_for_json_is_refused(served: Served) -> None:
    """It would be a way around the cookies."""
    answer = await served.post_json("/api/login", {**ADA, "transport": "json"}, origin=ISSUER)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert served.refused("transport_not_for_pages") == 1


async def test_a_program_may_ask_for_cookies(served: Served) -> None:
    """A backend that hands them on to its browser."""
    answer = await served.post_json("/api/login", {**ADA, "transport": "cookie"})

    assert "access_token" not in answer.json()
    assert len(answer.headers.get_list("set-cookie")) == 2


async def test_a_program_refreshes_with_json(served: Served) -> None:
    """And may narrow the scope."""
    first = await served.world.sign_in("grace")
    answer = await served.post_json("/api/refresh", {"refresh_token": first.refresh_token, "scope": READ})

    assert answer.status_code == 200
    assert answer.json()["scope"] == READ
    assert answer.json()["refresh_token"] != first.refresh_token


async def test_a_page_refreshes_with_its_cookie_and_gets_the_next(served: Served) -> None:
    """The cookies rotate, and the token stays out of the page's reach, whatever it asks for."""
    first = await served.world.sign_in()
    cookie = f"{REFRESH_COOKIE}={first.refresh_token}"
    answer = await served.post_json("/api/refresh", {}, origin=ISSUER, cookie=cookie)
    reading = await served.post_json("/api/refresh", {"transport": "json"}, cookie=cookie)

    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    renewed = answer.headers.get_list("set-cookie")[1]
    assert renewed.startswith(f"{REFRESH_COOKIE}=tsr_")
    assert str(first.refresh_token) not in renewed
    assert (reading.status_code, reading.json()["error"]) == (400, "invalid_request")


async def test_without_any_token_there_is_nothing_to_refresh(served: Served) -> None:
    """400, not 401: no credentials were refused."""
    answer = await served.post_json("/api/refresh", {})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "headers", [{"cookie": f"{REFRESH_COOKIE}=tsr_x"}, {"origin": ISSUER}, {"sec-fetch-site": "same-origin"}]
)
async def test_one_refresh_token_at_a_time(served: Served, headers: dict[str, str]) -> None:
    """In the cookie for a page, in the body for a program; not both, and not the other way round."""
    first = await served.world.sign_in()
    answer = await served.post_json("/api/refresh", {"refresh_token": first.refresh_token}, **headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert served.refused("several_tokens") == 1


@pytest.mark.parametrize("in_cookie", [True, False])
async def test_signing_out_ends_the_session_and_clears_the_cookies(served: Served, in_cookie: bool) -> None:
    """The tokens stop being good everywhere within the guards' bound."""
    first = await served.world.sign_in()
    body: dict[str, Any] = {} if in_cookie else {"refresh_token": first.refresh_token}
    headers = {"origin": ISSUER, "cookie": f"{REFRESH_COOKIE}={first.refresh_token}"} if in_cookie else {}
    answer = await served.post_json("/api/logout", body, **headers)

    assert (answer.status_code, answer.content) == (204, b"")
    assert all("Max-Age=0" in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert not await served.world.is_running(first)


@pytest.mark.parametrize("body", [{}, {"refresh_token": "tsr_x"}, {"refresh_token": ""}])
async def test_signing_out_twice_is_no_error(served: Served, body: dict[str, Any]) -> None:
    """Who is out is out."""
    assert (await served.post_json("/api/logout", body)).status_code == 204


async def test_cookies_stay_while_the_database_is_down(served: Served) -> None:
    """Cleared, the session would run on with nobody left to end it."""
    first = await served.world.sign_in()
    served.world.store.outage = UnavailableError("The database cannot be reached.")
    answer = await served.post_json("/api/logout", {}, origin=ISSUER, cookie=f"{REFRESH_COOKIE}={first.refresh_token}")

    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api/login", "/api/refresh", "/api/logout"])
async def test_elsewhere_it_does_not_exist(served: Served, path: str) -> None:
    """Off for issuers that are not loopback, unless set."""
    off = Served(served.world, first_party_sign_in="auto")

    assert (await off.post_json(path, ADA)).status_code == 404


async def test_what_was_issued_is_counted(served: Served) -> None:
    """By the way it was had."""
    answer = await served.post_json("/api/login", ADA)
    await served.post_json("/api/refresh", {"refresh_token": answer.json()["refresh_token"]})

    for grant_type in ("password", "refresh_token"):
        labels = {"grant_type": grant_type}
        assert served.metrics.registry.get_sample_value("tokensmith_access_tokens_issued_total", labels) == 1


def proof_for(served: Served, path: str, jti: str = "1") -> str:
    return proof(htm="POST", htu=f"{ISSUER}{path}", iat=int(served.world.now()), jti=jti)


async def test_a_program_that_proves_a_key_gets_bound_tokens(served: Served) -> None:
    """Decision 13: a proof is honoured, at the sign-in and at every refresh."""
    signed_in = await served.post_json("/api/login", ADA, dpop=proof_for(served, "/api/login"))
    body = {"refresh_token": signed_in.json()["refresh_token"]}
    refused = await served.post_json("/api/refresh", body)
    refreshed = await served.post_json("/api/refresh", body, dpop=proof_for(served, "/api/refresh", "2"))

    assert (signed_in.status_code, signed_in.json()["token_type"]) == (200, "DPoP")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    assert (refreshed.status_code, refreshed.json()["token_type"]) == (200, "DPoP")


async def test_a_proof_is_for_one_sign_in(served: Served) -> None:
    """Used before anything else is done: the second request is not even told whether the password was right."""
    made = proof_for(served, "/api/login")
    await served.post_json("/api/login", ADA, dpop=made)
    again = await served.post_json("/api/login", {**ADA, "password": "wrong"}, dpop=made)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")
    assert served.refused("dpop_proof_replayed") == 1
    assert len(served.world.hasher.verified) == 1


@pytest.mark.parametrize("headers", [{"origin": ISSUER}, {}])
async def test_tokens_in_cookies_are_bound_to_no_key(served: Served, headers: dict[str, str]) -> None:
    """A browser sends the cookie along by itself, and no proof with it."""
    body = ADA if headers else {**ADA, "transport": "cookie"}
    answer = await served.post_json("/api/login", body, dpop=proof_for(served, "/api/login"), **headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert served.refused("proof_for_cookies") == 1
