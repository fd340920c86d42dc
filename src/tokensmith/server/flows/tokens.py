"""What a caller gets who may have tokens (RFC 6749 §5.1)."""

from dataclasses import dataclass
from typing import Literal

from tokensmith.server.domain.authorization_details import Details


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token response. *expires_in* is in seconds; *scope* is always told, asked for or not.

    *token_type* is "DPoP" for an access token that is bound to a key (RFC 9449 §5). *issued_token_type* is what a token
    exchange has to say besides (RFC 8693 §2.2.1). *details* is what it allows beyond scopes (RFC 9396 §7).
    """

    access_token: str
    token_type: Literal["Bearer", "DPoP"]
    expires_in: int
    scope: str
    refresh_token: str | None
    id_token: str | None = None
    issued_token_type: str | None = None
    details: Details = ()

    def __repr__(self) -> str:
        return f"<TokenAnswer scope={self.scope!r} expires_in={self.expires_in}>"
