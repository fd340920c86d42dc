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
        claims: Every claim of the token, read-only; left out of `repr`, since logs are no place for them.
    """

    subject: str
    client_id: str | None
    issuer: str
    scopes: frozenset[str]
    claims: Mapping[str, JsonValue] = field(repr=False, hash=False)

    def has(self, *scopes: str) -> bool:
        """Say whether the token allows all of *scopes*."""
        return self.scopes.issuperset(scopes)
