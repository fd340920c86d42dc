"""Our own server answers, takes an operator's commands, and signs people in."""

import httpx2

from tests.services.token_server import AUDIENCE, TokenServer


def test_it_answers(token_server: TokenServer) -> None:
    url = f"{token_server.issuer}/.well-known/openid-configuration"

    assert httpx2.get(url).raise_for_status().json()["issuer"] == token_server.issuer
    assert AUDIENCE in token_server.operate("resource", "list", "--json")


def test_what_is_not_registered_comes_back_nowhere(token_server: TokenServer) -> None:
    """The page says so, and the browser stays there."""
    token_server.make_client("services-test")
    url = f"{token_server.issuer}/authorize?client_id=services-test&redirect_uri=https://evil.example"

    assert token_server.visit(url, "ada").startswith(token_server.issuer)
