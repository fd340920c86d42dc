"""What an adapter owes that serves the metadata of RFC 9728; beside the contract, with the same services."""

import pytest

from tests.integrations.contract import Headers, MakeService, Send, with_token
from tokensmith.guard import Guard, ProtectedResource
from tokensmith.guard.testing import FakeIssuer

PUBLIC_URL = "https://service.test"
WELL_KNOWN = "/.well-known/oauth-protected-resource"


def publishing_guard(issuer: FakeIssuer) -> Guard:
    resource = ProtectedResource(scopes=["notes:read", "notes:write"], name="Notes")
    return Guard(issuer.issuer(), fetcher=issuer, public_url=PUBLIC_URL, resource=resource)


class PublishingContract:
    """Needs the fixture `make_service` of the contract."""

    @pytest.fixture
    def issuer(self) -> FakeIssuer:
        return FakeIssuer()

    @pytest.fixture
    def publishing(self, make_service: MakeService, issuer: FakeIssuer) -> Send:
        return make_service(publishing_guard(issuer))

    @pytest.mark.parametrize("credentials", [[], with_token("a.b.c"), [("Authorization", "Basic YTpi")]])
    def test_the_metadata_is_there_for_everybody(
        self, publishing: Send, issuer: FakeIssuer, credentials: Headers
    ) -> None:
        """P96, RFC 9728 §3.2: for those who have no good token yet, pages in browsers among them."""
        reply = publishing("GET", WELL_KNOWN, credentials)

        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["access-control-allow-origin"] == "*"
        assert (reply.json["resource"], reply.json["authorization_servers"]) == (PUBLIC_URL, [issuer.url])
        assert reply.json["scopes_supported"] == ["notes:read", "notes:write"]

    def test_a_refusal_names_the_metadata(self, publishing: Send, issuer: FakeIssuer) -> None:
        """P96, RFC 9728 §5.1: in each challenge, of a 403 too."""
        url = f'resource_metadata="{PUBLIC_URL}{WELL_KNOWN}"'

        for credentials in ([], with_token("a.b.c"), with_token(issuer.token())):
            assert url in (publishing("GET", "/notes", credentials).challenge or "")

    def test_nothing_else_is_open_for_it(self, publishing: Send) -> None:
        """Neither other methods, nor other paths."""
        for method, path in (("POST", WELL_KNOWN), ("GET", f"{WELL_KNOWN}/notes"), ("GET", "/notes")):
            assert publishing(method, path, []).status in (401, 404, 405)

    def test_a_guard_that_publishes_nothing_has_no_such_page(
        self, make_service: MakeService, issuer: FakeIssuer
    ) -> None:
        send = make_service(issuer.guard())

        assert send("GET", WELL_KNOWN, []).status in (401, 404)
        assert "resource_metadata" not in (send("GET", "/notes", []).challenge or "")
