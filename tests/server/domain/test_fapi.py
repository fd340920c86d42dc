"""The preset; what a client of it gets and is refused is in web/oauth/test_fapi.py."""

from tokensmith.server.domain.fapi import ALGORITHMS, fapi2
from tokensmith.server.domain.registrations import AuthMethod, Registration


def test_the_preset_says_everything_the_profile_asks_for() -> None:
    """FAPI 2.0 §5.3.2.1, §5.3.2.2, §5.4.1; what was said of the client besides stays."""
    made = fapi2(Registration(redirect_uris=("https://a.example/cb",), jwks="{}", requires_pkce=False, trusted=True))

    assert (made.redirect_uris, made.jwks, made.trusted) == (("https://a.example/cb",), "{}", True)
    assert made.requires_pkce
    assert made.requires_pushed
    assert made.names_redirect_uri
    assert made.binds_tokens
    assert not made.rotates
    assert (made.id_token_alg, made.introspection_alg, made.userinfo_alg) == ("ES256", "ES256", None)
    assert made.signs_with == ALGORITHMS
    assert "RS256" not in ALGORITHMS


def test_a_certificate_proves_a_client_as_well_as_a_signature() -> None:
    """FAPI 2.0 §5.3.2.1: one of the two, and no secret."""
    assert fapi2(Registration(auth_method=AuthMethod.TLS)).auth_method is AuthMethod.TLS
    assert fapi2(Registration(auth_method=AuthMethod.SECRET)).auth_method is AuthMethod.PRIVATE_KEY_JWT


def test_tokens_are_bound_to_a_certificate_as_well_as_to_a_key() -> None:
    """FAPI 2.0 §5.3.2.1: one of the two."""
    made = fapi2(Registration(binds_to_certificate=True))

    assert (made.binds_to_certificate, made.binds_tokens) == (True, False)


def test_user_info_stays_signed() -> None:
    assert fapi2(Registration(userinfo_alg="RS256")).userinfo_alg == "ES256"
