"""Principal: what a route may trust about its caller."""

from collections.abc import Mapping
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
        claims: Every claim of the token, read-only; left out of `repr`, since logs are no place for them.
    """

    subject: str
    client_id: str | None
    issuer: str
    scopes: frozenset[str]
    claims: Mapping[str, JsonValue] = field(repr=False, hash=False)
    key_thumbprint: str | None = None

    def has(self, *scopes: str) -> bool:
        """Say whether the token allows all of *scopes*."""
        return self.scopes.issuperset(scopes)
