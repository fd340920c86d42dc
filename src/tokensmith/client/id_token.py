"""Who signed in: the ID token that came with an access token, checked whole (OpenID Connect Core 1.0 §3.1.3.7).

It came from the token endpoint itself, and its signature could be left unchecked; but then whoever gets between us and
that endpoint could be anybody. Keys are fetched for each sign-in: sign-ins are rare, and keys change.
"""

from typing import Final

from tokensmith.client.errors import ClientError, ServerUnavailableError, UnusableAnswerError
from tokensmith.client.token_answer import TokenAnswer
from tokensmith.jose import JoseError, KeySet
from tokensmith.jose.jwt import Claims, Clock, IdTokenVerifier
from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.outside import Outside

LEEWAY_SECONDS: Final = 10


class _Now:
    """The outside's time, as the verifier asks for it."""

    def __init__(self, outside: Outside) -> None:
        self.now = outside.now


async def read_id_token(
    answer: TokenAnswer,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    jwks_uri: str | None,
    rules: FetchRules,
    outside: Outside,
) -> Claims:
    """Return what the ID token of *answer* says.

    Raises:
        UnusableAnswerError: There is none, or it is not for this sign-in ("id_token").
        ServerUnavailableError: The server's keys cannot be had ("server_unreachable").
    """
    if answer.id_token is None:
        raise _unusable("the answer has no id_token")
    if jwks_uri is None:
        raise _unusable("the server's metadata has no jwks_uri")
    clock: Clock = _Now(outside)
    try:
        keys = KeySet.from_jwks(await _fetch(jwks_uri, rules, outside))
        verifier = IdTokenVerifier(keys, issuer=issuer, client_id=client_id, leeway=LEEWAY_SECONDS, clock=clock)
        return verifier.verify(answer.id_token, nonce=nonce, access_token=answer.access_token).claims
    except JoseError as error:
        raise _unusable(f"{error.code}: {error} {error.detail}") from error


async def _fetch(url: str, rules: FetchRules, outside: Outside) -> bytes:
    try:
        answer = await outside.fetch(url, rules, {"Accept": "application/jwk-set+json, application/json"})
    except FetchError as error:
        raise _unavailable(f"{error.code}: {error} {error.detail}") from error
    if answer.status != 200:
        raise _unavailable(f"{url}: status {answer.status}")
    return answer.body


def _unavailable(detail: str) -> ServerUnavailableError:
    message = "The authorization server's keys cannot be had."
    return ServerUnavailableError(message, code="server_unreachable", detail=detail)


def _unusable(detail: str) -> ClientError:
    return UnusableAnswerError("Who signed in cannot be told.", code="id_token", detail=detail)
