"""The behaviour that every adapter owes; run once per framework by test_<framework>.py, against the real framework.

Each brings a fixture `make_service`: from a guard to a function that sends one request. The service behind it has

    GET  /notes   needs notes:read       GET  /me     needs any good token
    POST /notes   needs notes:write      GET  /open   lets nobody in as nobody

and answers 200 with {"subject": ...}, null for nobody.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tokensmith.guard import Guard, Issuer
from tokensmith.guard.testing import FakeIssuer

Headers = Sequence[tuple[str, str]]


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def challenge(self) -> str | None:
        return self.headers.get("www-authenticate")


Send = Callable[[str, str, Headers], Reply]
MakeService = Callable[[Guard], Send]


class AdapterContract:
    """What a request gets."""

    @pytest.fixture
    def issuer(self) -> FakeIssuer:
        return FakeIssuer()

    @pytest.fixture
    def send(self, make_service: MakeService, issuer: FakeIssuer) -> Send:
        return make_service(issuer.guard())

    def test_a_good_token_with_the_scope_gets_in(self, send: Send, issuer: FakeIssuer) -> None:
        reply = send("GET", "/notes", with_token(issuer.token(sub="ada", scope="notes:read")))

        assert (reply.status, reply.json) == (200, {"subject": "ada"})

    def test_a_route_may_need_a_good_token_and_nothing_more(self, send: Send, issuer: FakeIssuer) -> None:
        assert send("GET", "/me", with_token(issuer.token(sub="bob"))).json == {"subject": "bob"}

    def test_each_route_has_its_own_need(self, send: Send, issuer: FakeIssuer) -> None:
        token = issuer.token(scope="notes:write")

        assert send("POST", "/notes", with_token(token)).status == 200
        assert send("GET", "/notes", with_token(token)).status == 403

    def test_no_token_is_a_bare_challenge(self, send: Send) -> None:
        """RFC 6750 §3.1: no error information."""
        reply = send("GET", "/notes", [])

        assert (reply.status, reply.challenge) == (401, "Bearer")
        assert reply.json["error"] == "unauthorized"

    def test_a_missing_scope_is_a_403_that_names_it(self, send: Send, issuer: FakeIssuer) -> None:
        """RFC 6750 §3.1."""
        reply = send("POST", "/notes", with_token(issuer.token(scope="notes:read")))

        assert reply.status == 403
        assert 'error="insufficient_scope"' in (reply.challenge or "")
        assert 'scope="notes:write"' in (reply.challenge or "")
        assert reply.json["error"] == "insufficient_scope"

    @pytest.mark.parametrize(
        "flaw",
        ["expired", "wrong audience", "wrong issuer", "wrong type", "stranger's key", "alg none", "damaged"],
    )
    def test_a_bad_token_is_a_401_with_a_reason(self, send: Send, issuer: FakeIssuer, flaw: Any) -> None:
        """J69: RFC 6750 §3.1, RFC 9068 §4."""
        reply = send("GET", "/notes", with_token(issuer.token(scope="notes:read", flaw=flaw)))

        assert reply.status == 401
        assert 'error="invalid_token"' in (reply.challenge or "")
        assert reply.json["error"] == "invalid_token"
        assert reply.json["error_description"] in (reply.challenge or "")

    def test_a_revoked_token_is_a_401(self, send: Send, issuer: FakeIssuer) -> None:
        token = issuer.token(scope="notes:read")
        assert send("GET", "/notes", with_token(token)).status == 200
        issuer.revoke(token)

        assert send("GET", "/notes", with_token(token)).status == 401

    @pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
    def test_the_scheme_is_case_insensitive(self, send: Send, issuer: FakeIssuer, scheme: str) -> None:
        """RFC 9110 §11.1."""
        token = issuer.token(scope="notes:read")

        assert send("GET", "/notes", [("Authorization", f"{scheme} {token}")]).status == 200

    def test_another_scheme_is_a_bare_challenge(self, send: Send, issuer: FakeIssuer) -> None:
        """Whatever stands behind it: "Basic" and a good token is no good token."""
        for value in ("Basic YTpi", f"Basic {issuer.token(scope='notes:read')}", issuer.token(scope="notes:read")):
            reply = send("GET", "/notes", [("Authorization", value)])

            assert (reply.status, reply.challenge) == (401, "Bearer")

    def test_two_authorization_headers_are_refused(self, send: Send, issuer: FakeIssuer) -> None:
        """A proxy may have looked at the other one."""
        token = issuer.token(scope="notes:read")
        reply = send("GET", "/notes", [*with_token(token), *with_token(token)])

        assert reply.status in (400, 401)
        assert reply.json["error"] in ("invalid_request", "invalid_token")

    def test_a_token_in_query_form_or_cookie_does_not_exist(self, send: Send, issuer: FakeIssuer) -> None:
        """P94: RFC 6750 §5.3."""
        token = issuer.token(scope="notes:read")
        reply = send("GET", f"/notes?access_token={token}", [("Cookie", f"access_token={token}")])

        assert (reply.status, reply.challenge) == (401, "Bearer")

    def test_a_query_token_beside_a_good_one_changes_nothing(self, send: Send, issuer: FakeIssuer) -> None:
        reply = send("GET", "/notes?access_token=x", with_token(issuer.token(scope="notes:read")))

        assert reply.status == 200

    def test_nobody_passes_where_nobody_may(self, send: Send) -> None:
        assert send("GET", "/open", []).json == {"subject": None}

    def test_somebody_is_known_there(self, send: Send, issuer: FakeIssuer) -> None:
        assert send("GET", "/open", with_token(issuer.token(sub="ada"))).json == {"subject": "ada"}

    @pytest.mark.parametrize("value", ["Bearer a.b.c", "Bearer", "Basic YTpi"])
    def test_bad_credentials_do_not_make_nobody(self, send: Send, value: str) -> None:
        """Whoever sends credentials wants to be somebody."""
        assert send("GET", "/open", [("Authorization", value)]).status == 401

    def test_our_own_trouble_is_a_503(self, make_service: MakeService, issuer: FakeIssuer) -> None:
        """Never a 401 that would make a good client throw its token away, and never a pass."""
        guard = Guard(Issuer(issuer.url, audience=issuer.audience), fetcher=issuer)
        reply = make_service(guard)("GET", "/notes", with_token(issuer.token(scope="notes:read")))

        assert reply.status == 503
        assert int(reply.headers["retry-after"]) >= 1
        assert reply.challenge is None
        assert reply.json["error"] == "temporarily_unavailable"

    def test_a_realm_is_shown(self, make_service: MakeService, issuer: FakeIssuer) -> None:
        send = make_service(Guard(issuer.issuer(), realm="my notes", fetcher=issuer))

        assert send("GET", "/notes", []).challenge == 'Bearer realm="my notes"'

    @pytest.mark.parametrize("authorization", [None, "Bearer a.b.c"])
    def test_a_refusal_is_json_and_not_kept(self, send: Send, authorization: str | None) -> None:
        reply = send("GET", "/notes", [("Authorization", authorization)] if authorization else [])

        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["cache-control"] == "no-store"
        assert set(reply.json) == {"error", "error_description"}
        assert int(reply.headers["content-length"]) == len(reply.body)

    def test_a_refusal_has_one_challenge(self, send: Send, issuer: FakeIssuer) -> None:
        """RFC 6750 §3: each attribute at most once."""
        for token in ("a.b.c", issuer.token()):
            challenge = send("GET", "/notes", with_token(token)).challenge or ""

            assert challenge.count("Bearer") == 1
            assert challenge.count(" error=") == 1

    def test_nothing_private_is_shown(self, send: Send, issuer: FakeIssuer) -> None:
        """What the token said belongs in the log."""
        reply = send("GET", "/notes", with_token(issuer.token(aud="https://private.test", sub="private")))

        assert b"private" not in reply.body
        assert "private" not in repr(reply.headers)

    def test_one_request_says_nothing_about_the_next(self, send: Send, issuer: FakeIssuer) -> None:
        """Neither caller nor scopes stay behind."""
        assert send("GET", "/notes", with_token(issuer.token(sub="ada", scope="notes:read"))).status == 200
        assert send("GET", "/notes", []).status == 401
        assert send("GET", "/open", []).json == {"subject": None}
        assert send("POST", "/notes", with_token(issuer.token(scope="notes:read"))).status == 403

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "x",
            "...",
            "a.b.c",
            "e30.e30.",
            "e30.e30.AAAA",
            "." * 5000,
            "A" * 20_000,
            "Bearer",
            "[]",
            '{"a":1}',
            "%00",
            "==",
        ],
    )
    def test_any_header_value_is_a_401(self, send: Send, value: str) -> None:
        """Never a 500, whatever is sent."""
        for text in (value, f"Bearer {value}"):
            assert send("GET", "/notes", [("Authorization", text)]).status == 401


def with_token(token: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {token}")]
