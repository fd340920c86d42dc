"""npm's provider answers, and a browser of a few lines can sign in there."""

import httpx2

from tests.services.npm_provider import NpmProvider


def test_it_answers(npm_provider: NpmProvider) -> None:
    url = f"{npm_provider.issuer}/.well-known/openid-configuration"

    assert httpx2.get(url).raise_for_status().json()["issuer"] == npm_provider.issuer


def test_what_is_not_registered_comes_back_nowhere(npm_provider: NpmProvider) -> None:
    """The page says so, and the browser stays there."""
    url = f"{npm_provider.issuer}/auth?client_id=web&redirect_uri=https://evil.example"

    assert npm_provider.visit(url, "ada").startswith(npm_provider.issuer)
