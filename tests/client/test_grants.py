"""What is sent for each grant; what is not said is not sent."""

import pytest

from tokensmith.client import AuthorizationCode, ClientCredentials, Grant, RefreshToken, TokenExchange
from tokensmith.client.grants import DeviceCode

ACCESS = "urn:ietf:params:oauth:token-type:access_token"


@pytest.mark.parametrize(
    ("grant", "form"),
    [
        (ClientCredentials(), {"grant_type": "client_credentials"}),
        (
            ClientCredentials(resource="https://notes.test", scope="a b"),
            {"grant_type": "client_credentials", "resource": "https://notes.test", "scope": "a b"},
        ),
        (RefreshToken("r"), {"grant_type": "refresh_token", "refresh_token": "r"}),
        (
            RefreshToken("r", scope="a", resource="https://notes.test"),
            {"grant_type": "refresh_token", "refresh_token": "r", "scope": "a", "resource": "https://notes.test"},
        ),
        (
            AuthorizationCode("c", redirect_uri="https://app.test/back", verifier="v"),
            {
                "grant_type": "authorization_code",
                "code": "c",
                "redirect_uri": "https://app.test/back",
                "code_verifier": "v",
            },
        ),
        (
            DeviceCode("d"),
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "d"},
        ),
        (
            TokenExchange(subject_token="t"),
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": "t",
                "subject_token_type": ACCESS,
            },
        ),
        (
            TokenExchange(
                subject_token="t",
                subject_token_type="urn:ietf:params:oauth:token-type:jwt",
                actor_token="a",
                requested_token_type=ACCESS,
                audience="notes",
                resource="https://notes.test",
                scope="read",
            ),
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": "t",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "actor_token": "a",
                "actor_token_type": ACCESS,
                "requested_token_type": ACCESS,
                "audience": "notes",
                "resource": "https://notes.test",
                "scope": "read",
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_grant_is_written_as_its_standard_has_it(grant: Grant, form: dict[str, str]) -> None:
    """RFC 6749 §4.4.2 and §6, RFC 8628 §3.4, RFC 8693 §2.1."""
    assert dict(grant.form()) == form
    assert len(grant.form()) == len(form)


@pytest.mark.parametrize(
    "grant",
    [
        AuthorizationCode("hush", redirect_uri="", verifier="hush"),
        RefreshToken("hush"),
        DeviceCode("hush"),
        TokenExchange(subject_token="hush", actor_token="hush"),
    ],
)
def test_what_a_token_is_given_for_is_not_shown(grant: Grant) -> None:
    assert "hush" not in repr(grant)
