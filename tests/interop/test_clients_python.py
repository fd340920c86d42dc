"""Authlib and requests-oauthlib, unmodified, sign people in at our server."""

import secrets
from typing import Any

import httpx2
import pytest
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from requests_oauthlib import OAuth2Session as RequestsSession

from tests.services.token_server import BACK, TokenServer

SCOPE = "openid profile"


def endpoints(server: TokenServer) -> dict[str, Any]:
    url = f"{server.issuer}/.well-known/openid-configuration"
    found: dict[str, Any] = httpx2.get(url).raise_for_status().json()
    return found


def test_authlib_signs_in_refreshes_and_revokes(token_server: TokenServer) -> None:
    """With PKCE; the secret in the header (client_secret_basic)."""
    at = endpoints(token_server)
    secret = token_server.make_client("authlib")
    session = AuthlibSession("authlib", secret, scope=SCOPE, redirect_uri=BACK, code_challenge_method="S256")
    verifier = secrets.token_urlsafe(48)
    url, state = session.create_authorization_url(at["authorization_endpoint"], code_verifier=verifier)
    ended = token_server.visit(url, "ada")
    first = session.fetch_token(at["token_endpoint"], authorization_response=ended, state=state, code_verifier=verifier)
    assert session.get(at["userinfo_endpoint"]).json()["preferred_username"] == "ada"
    second = session.refresh_token(at["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["access_token"] != first["access_token"]
    revoked = session.revoke_token(at["revocation_endpoint"], token=second["refresh_token"])

    assert revoked.status_code == 200
    assert session.get(at["userinfo_endpoint"]).status_code == 401


def test_requests_oauthlib_signs_in_and_refreshes(token_server: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With PKCE; the secret in the form (client_secret_post)."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # loopback
    at = endpoints(token_server)
    secret = token_server.make_client("requests")
    session = RequestsSession("requests", redirect_uri=BACK, scope=SCOPE.split(), pkce="S256")
    url, _ = session.authorization_url(at["authorization_endpoint"])
    first = session.fetch_token(
        at["token_endpoint"],
        authorization_response=token_server.visit(url, "grace"),
        client_secret=secret,
        include_client_id=True,
    )
    assert session.get(at["userinfo_endpoint"]).json()["preferred_username"] == "grace"
    second = session.refresh_token(
        at["token_endpoint"], refresh_token=first["refresh_token"], client_id="requests", client_secret=secret
    )

    assert second["access_token"] != first["access_token"]
    assert session.get(at["userinfo_endpoint"]).status_code == 200
