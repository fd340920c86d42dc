"""Principal: what a route may trust about its caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tokensmith.jose.strict_json import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is calling, proven by an access token that passed every check.

    Args:
        subject: The person, or the client itself where it acts for nobody ("sub"); unique within *issuer* only.
        client_id: The client that holds the token; None where the issuer's tokens do not say.
        issuer: The issuer's identifier.
        scopes: What the token allows.
        key_thumbprint: Names the key that the token is bound to and that the caller proved to hold (RFC 7638, SHA-256);
            None for a bearer token, which whoever has it may use.
        certificate_thumbprint: Names the client certificate that the token is bound to and that the connection had
            (SHA-256); None for any other token.
        claims: Every claim of the token, read-only; left out of `repr`, since logs are no place for them.
    """

    subject: str
    client_id: str | None
    issuer: str
    scopes: frozenset[str]
    claims: Mapping[str, JsonValue] = field(repr=False, hash=False)
    key_thumbprint: str | None = None
    certificate_thumbprint: str | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The person's roles (RFC 9068 §2.2.3.1); none where the claim is no list of texts."""
        return _texts(self.claims.get("roles"))

    @property
    def permissions(self) -> frozenset[str]:
        """What they may do at this service; none where the claim is no list of texts."""
        return _texts(self.claims.get("permissions"))

    @property
    def auth_time(self) -> float | None:
        """When the person signed in, in seconds since 1970 (RFC 9068 §2.2.1); None where the token does not say."""
        value = self.claims.get("auth_time")
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def acr(self) -> str | None:
        """How they signed in (RFC 9068 §2.2.1); None where the token does not say."""
        value = self.claims.get("acr")
        return value if isinstance(value, str) else None

    def has(self, *scopes: str) -> bool:
        """Say whether the token allows all of *scopes*."""
        return self.scopes.issuperset(scopes)


def _texts(value: JsonValue) -> frozenset[str]:
    # One text instead of a list is no list: "admin" would else be the roles "a", "d", "m" and so on.
    if isinstance(value, str) or not isinstance(value, Sequence):
        return frozenset()
    return frozenset(item for item in value if isinstance(item, str))
