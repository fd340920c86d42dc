"""The scopes of OpenID Connect."""

from tokensmith.server.domain.identity import IDENTITY_SCOPES, claims_for


def test_scopes_ask_for_their_claims() -> None:
    """P65: Core §5.4."""
    assert claims_for(frozenset({"email", "phone"})) == {
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
    }
    assert "birthdate" in claims_for(frozenset({"profile"}))
    assert claims_for(frozenset({"openid", "offline_access", "notes:read"})) == frozenset()
    assert frozenset({"openid", "profile", "email", "address", "phone", "offline_access"}) == IDENTITY_SCOPES
