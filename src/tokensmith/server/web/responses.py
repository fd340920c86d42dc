"""Answers as JSON (RFC 6749 §5.1, §5.2) and how each may be cached."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.errors import InvalidClientError, InvalidCredentialsError, OAuthError, UseDpopNonceError
from tokensmith.server.flows.tokens import TokenAnswer

REALM: Final = "tokensmith"
# RFC 9110 §15.5.2 wants a challenge in every 401. Browsers open a password window of their own for the schemes they
# know, so the sign-in has one that they do not.
SIGN_IN_CHALLENGE: Final = f'SignIn realm="{REALM}"'
JSON_TYPE: Final = "application/json"

# RFC 6749 §5.2: error_description holds printable ASCII without the double quote and the backslash.
_NOT_IN_DESCRIPTIONS: Final = {ord('"'): "'", ord("\\"): "/"}
_CHALLENGES: Final[Mapping[type[OAuthError], str]] = {
    InvalidClientError: f'Basic realm="{REALM}", charset="UTF-8"',
    InvalidCredentialsError: SIGN_IN_CHALLENGE,
}


def json_response(
    members: Mapping[str, JsonValue], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a JSON object; it is not stored anywhere unless *headers* say so."""
    return Response(encode(members), status, {"cache-control": "no-store", **(headers or {})}, JSON_TYPE)


def signed_response(token: str, *, media_type: str) -> Response:
    """Answer with what was signed; it is stored nowhere."""
    return Response(token, 200, {"cache-control": "no-store"}, media_type)


def token_response(answer: TokenAnswer) -> Response:
    """Answer with tokens (RFC 6749 §5.1)."""
    return json_response(token_members(answer))


def token_members(answer: TokenAnswer) -> dict[str, JsonValue]:
    """Return the members of a token response; what there may be besides only where there is."""
    members: dict[str, JsonValue] = {
        "access_token": answer.access_token,
        "token_type": answer.token_type,
        "expires_in": answer.expires_in,
    }
    if answer.scope:
        members["scope"] = answer.scope
    if answer.details:
        members["authorization_details"] = [dict(detail) for detail in answer.details]
    if answer.refresh_token is not None:
        members["refresh_token"] = answer.refresh_token
    if answer.id_token is not None:
        members["id_token"] = answer.id_token
    if answer.issued_token_type is not None:
        members["issued_token_type"] = answer.issued_token_type
    return members


def refusal(error: OAuthError, *, error_id: str) -> Response:
    """Answer with an error: the RFC's word, a sentence, and the id under which the log knows the reason."""
    headers: dict[str, str] = {}
    if error.retry_after_seconds is not None:
        headers["retry-after"] = str(error.retry_after_seconds)
    if isinstance(error, UseDpopNonceError):
        headers["dpop-nonce"] = error.nonce
    if (challenge := _CHALLENGES.get(type(error))) is not None:
        headers["www-authenticate"] = challenge
    return error_response(error.error, str(error), status=error.status, error_id=error_id, headers=headers)


def error_response(
    error: str, description: str, *, status: int, error_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with an error that is no `OAuthError`, such as 405 and 500."""
    members = {"error": error, "error_description": _printable(description), "error_id": error_id}
    return json_response(members, status=status, headers=headers)


def _printable(text: str) -> str:
    return "".join(c if " " <= c <= "~" else "?" for c in text.translate(_NOT_IN_DESCRIPTIONS))
