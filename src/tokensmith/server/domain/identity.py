"""Who somebody is, as a resource of the server's own: UserInfo and the scopes of OpenID Connect (Core §5.3, §5.4, §11).

The server itself is a resource like any other, with the issuer as its audience. So an access token for an API does not
open UserInfo, nor the other way round: each has one audience (decision 14). Every person has these scopes; which a
client may ask for is written with the client, as everywhere.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tokensmith.server.domain.ids import ResourceId

IDENTITY: Final = ResourceId("identity")
OPENID: Final = "openid"
OFFLINE_ACCESS: Final = "offline_access"

# Core §5.4: which claims each scope asks for.
CLAIMS_OF_SCOPE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "profile": (
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ),
        "email": ("email", "email_verified"),
        "address": ("address",),
        "phone": ("phone_number", "phone_number_verified"),
    }
)
IDENTITY_SCOPES: Final = frozenset({OPENID, OFFLINE_ACCESS, *CLAIMS_OF_SCOPE})


def claims_for(scopes: frozenset[str]) -> frozenset[str]:
    """Return the names of the claims that these scopes ask for, besides `sub`."""
    return frozenset(name for scope in scopes for name in CLAIMS_OF_SCOPE.get(scope, ()))
