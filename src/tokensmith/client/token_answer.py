"""What a token endpoint answers (RFC 6749 §5), parsed once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tokensmith.client.errors import (
    ClientError,
    RefusedError,
    ServerUnavailableError,
    SignInAgainError,
    UnusableAnswerError,
)
from tokensmith.jose import JoseError, strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import Response

TokenType = Literal["Bearer", "DPoP"]

_TYPES: Final[Mapping[str, TokenType]] = {"bearer": "Bearer", "dpop": "DPoP"}
_OVER: Final = frozenset({"invalid_grant", "expired_token", "access_denied"})
_BUSY: Final = frozenset({"temporarily_unavailable", "server_error"})
_MAX_RETRY_AFTER: Final = 3600
UNKNOWN_LIFETIME_SECONDS: Final = 60.0
"""How long a token is kept whose server does not say how long it is good."""
# What is sent in its last seconds arrives after them.
_TRANSIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token, and what came with it.

    Attributes:
        access_token: The token; what is inside is for the service it is meant for, and for nobody else.
        token_type: How it is sent: "Bearer", or "DPoP" with a proof.
        expires_in: Seconds from the answer on in which it is good; None where the server does not say.
        scope: What it allows, if that is not what was asked for.
        refresh_token: For the next one.
        id_token: Who the person is, for clients that asked; not checked here.
        issued_token_type: Of an exchange, what was issued (RFC 8693 §2.2.1).
    """

    access_token: str = field(repr=False)
    token_type: TokenType
    expires_in: float | None = None
    scope: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    issued_token_type: str | None = None

    @property
    def good_for(self) -> float:
        """Seconds, from the moment it was asked for, in which it may still be sent."""
        lifetime = UNKNOWN_LIFETIME_SECONDS if self.expires_in is None else self.expires_in
        return max(lifetime - _TRANSIT_SECONDS, lifetime / 2)

    @property
    def renew_after(self) -> float:
        """Seconds after which the next one is asked for, with a fifth of its time to spare."""
        return 0.8 * self.good_for


def read_answer(answer: Response) -> TokenAnswer:
    """Read an answer.

    Raises:
        RefusedError, ServerUnavailableError: The server says no, or not now.
        UnusableAnswerError: It is no answer of a token endpoint.
    """
    if answer.status != 200:
        raise refusal_of(answer)
    members = read_object(answer)
    token_type = _TYPES.get(_text(members, "token_type", needed=True).lower())
    if token_type is None:
        # RFC 6749 §7.1: a token of a type that one does not know must not be used.
        raise unusable(f"token_type {members.get('token_type')!r:.64}")
    return TokenAnswer(
        access_token=_text(members, "access_token", needed=True),
        token_type=token_type,
        expires_in=_seconds(members, "expires_in"),
        scope=_text(members, "scope") or None,
        refresh_token=_text(members, "refresh_token") or None,
        id_token=_text(members, "id_token") or None,
        issued_token_type=_text(members, "issued_token_type") or None,
    )


def read_object(answer: Response) -> Mapping[str, JsonValue]:
    """Read a body that has to be a JSON object.

    Raises:
        UnusableAnswerError: It is not.
    """
    try:
        members: Mapping[str, JsonValue] = strict_json.parse_object(answer.body)
    except JoseError as error:
        raise unusable(f"no JSON object: {error.code}") from None
    return members


def refusal_of(answer: Response) -> ClientError:
    """Make the error that an answer with another status than 200 stands for (RFC 6749 §5.2)."""
    try:
        members = read_object(answer)
    except UnusableAnswerError:
        members = {}
    error, description = members.get("error"), members.get("error_description", "")
    detail = f"status {answer.status}, {error!r:.64}: {description!r:.256}"
    if answer.status >= 500 or answer.status == 429 or error in _BUSY:
        wait = _retry_after(answer)
        return ServerUnavailableError(
            "The authorization server cannot answer now.", code="server_busy", detail=detail, retry_after=wait
        )
    if not isinstance(error, str):
        return unusable(detail)
    if error in _OVER:
        message = f"The authorization server ended the grant: {error}."
        return SignInAgainError(message, code="grant_over", error=error, detail=detail)
    return RefusedError(
        f"The authorization server refused: {error!r:.64}.", code="request_refused", error=error, detail=detail
    )


def unusable(detail: str) -> UnusableAnswerError:
    """Make the error for an answer that breaks the rules."""
    return UnusableAnswerError(
        "The authorization server's answer cannot be used.", code="unusable_answer", detail=detail
    )


def _retry_after(answer: Response) -> int:
    said = answer.headers.get("retry-after", "")
    return min(int(said[:9]), _MAX_RETRY_AFTER) if said.isascii() and said.isdigit() else 2


def _text(members: Mapping[str, JsonValue], name: str, *, needed: bool = False) -> str:
    value = members.get(name)
    if value is None and not needed:
        return ""
    # Visible characters alone (RFC 6749 Appendix A), and spaces in a scope: it goes into a header of our requests.
    if not isinstance(value, str) or not value or any(not " " <= character <= "~" for character in value):
        raise unusable(f"{name} is no text that could be sent")
    return value


def _seconds(members: Mapping[str, JsonValue], name: str) -> float | None:
    value = members.get(name)
    if value is None:
        return None
    # Some servers write it as a string.
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise unusable(f"{name} is no number of seconds")
    return float(value)
