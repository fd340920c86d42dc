"""FAPI 2.0 as one preset of a registration (FAPI 2.0 Security Profile §5.3.2, §5.4)."""

from typing import Final

import msgspec

from tokensmith.server.domain.registrations import BY_CERTIFICATE, AuthMethod, Registration

ALGORITHMS: Final = ("PS256", "ES256", "Ed25519")
# The server signs with RS256 and ES256, and the profile has no RS256 (§5.4.1).
SIGNED_WITH: Final = "ES256"


def fapi2(registration: Registration) -> Registration:
    """Return the registration with everything the profile asks of a client.

    The client proves itself by a certificate where it has one, and else by signing; it pushes its requests, and its
    tokens are bound to a key of its own. So a refresh token is of no use to anybody else, and it is not rotated
    (§5.3.2.1): there is nothing to lose on the way.
    """
    method = registration.auth_method
    return msgspec.structs.replace(
        registration,
        auth_method=method if method in BY_CERTIFICATE else AuthMethod.PRIVATE_KEY_JWT,
        signs_with=ALGORITHMS,
        requires_pkce=True,
        requires_pushed=True,
        names_redirect_uri=True,
        # §5.3.2.1: to a certificate or to a key.
        binds_tokens=not registration.binds_to_certificate,
        rotates=False,
        id_token_alg=SIGNED_WITH,
        introspection_alg=SIGNED_WITH,
        userinfo_alg=None if registration.userinfo_alg is None else SIGNED_WITH,
    )
