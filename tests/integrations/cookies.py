"""What an adapter owes where tokens may come in a cookie; beside the contract, with the same services."""

import pytest

from tests.integrations.contract import MakeService, Send, with_token
from tokensmith.guard import Guard, TokenCookie, csrf_value
from tokensmith.guard.testing import FakeIssuer

COOKIE = "__Host-tokensmith-access"
OURS = ("Sec-Fetch-Site", "same-origin")
THEIRS = ("Sec-Fetch-Site", "cross-site")


def in_cookie(token: str) -> tuple[str, str]:
    return ("Cookie", f"theme=dark; {COOKIE}={token}")


def cookie_guard(issuer: FakeIssuer, cookie: TokenCookie) -> Guard:
    return Guard(issuer.issuer(), fetcher=issuer, public_url="https://service.test", cookie=cookie)


class CookieContract:
    """Needs the fixture `make_service` of the contract."""

    @pytest.fixture
    def issuer(self) -> FakeIssuer:
        return FakeIssuer()

    @pytest.fixture
    def in_browser(self, make_service: MakeService, issuer: FakeIssuer) -> Send:
        return make_service(cookie_guard(issuer, TokenCookie()))

    def test_a_page_of_ours_reads_and_writes(self, in_browser: Send, issuer: FakeIssuer) -> None:
        token = issuer.token(sub="ada", scope="notes:read notes:write")

        assert in_browser("GET", "/notes", [in_cookie(token), OURS]).json == {"subject": "ada"}
        assert in_browser("POST", "/notes", [in_cookie(token), OURS]).json == {"subject": "ada"}

    def test_another_site_makes_nobody_write(self, in_browser: Send, issuer: FakeIssuer) -> None:
        """CSRF; a 403, and no challenge: no other token would help."""
        token = issuer.token(scope="notes:write")
        for said in ([THEIRS], [("Origin", "https://evil.test")], []):
            reply = in_browser("POST", "/notes", [in_cookie(token), *said])

            assert (reply.status, reply.challenge) == (403, None)
            assert reply.json["error"] == "cross_site_request"

    def test_the_header_comes_first(self, in_browser: Send, issuer: FakeIssuer) -> None:
        """No other site can make a browser send it, so it needs no more to be meant."""
        ada, bob = issuer.token(sub="ada", scope="notes:write"), issuer.token(sub="bob", scope="notes:write")

        assert in_browser("POST", "/notes", [*with_token(ada), in_cookie(bob)]).json == {"subject": "ada"}
        assert in_browser("POST", "/notes", [*with_token("a.b.c"), in_cookie(bob), OURS]).status == 401

    @pytest.mark.parametrize("path", ["/notes", "/open"])
    def test_a_bad_token_in_a_cookie_is_a_bad_token(self, in_browser: Send, issuer: FakeIssuer, path: str) -> None:
        for token in ("a.b.c", "x y", issuer.token(scope="notes:read", flaw="expired")):
            assert in_browser("GET", path, [in_cookie(token), OURS]).json["error"] == "invalid_token"

    def test_a_script_of_ours_may_show_it_by_a_header(self, make_service: MakeService, issuer: FakeIssuer) -> None:
        """Double submit."""
        send = make_service(cookie_guard(issuer, TokenCookie(protection="double-submit")))
        token = issuer.token(sub="ada", scope="notes:write")

        assert send("POST", "/notes", [in_cookie(token), OURS]).status == 403
        assert send("POST", "/notes", [in_cookie(token), ("X-CSRF-TOKEN", "x")]).status == 403
        assert send("POST", "/notes", [in_cookie(token), ("X-CSRF-TOKEN", csrf_value(token))]).status == 200

    def test_without_being_told_of_it_no_cookie_counts(self, make_service: MakeService, issuer: FakeIssuer) -> None:
        send = make_service(issuer.guard())

        assert send("GET", "/notes", [in_cookie(issuer.token(scope="notes:read")), OURS]).status == 401
