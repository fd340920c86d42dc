"""What an issuer answers about a token, judged as a token's own claims are (RFC 7662 §2.2, RFC 7519 §4.1)."""

import math
from collections.abc import Mapping
from typing import Final

from tokensmith.guard.errors import InvalidTokenError
from tokensmith.jose import JoseError, strict_json
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import Response
from tokensmith.outbound.discovery import DocumentError

# How an access token may be sent. Issuers answer about refresh tokens, too, and call them something else or nothing.
_SENT_AS: Final = frozenset({"bearer", "dpop"})
# Too long, malformed and the like. 401, 403 and 429 are about us, and 5xx about the issuer.
_TOKENS_OWN: Final = frozenset({400, 413, 414, 422, 431})


class UnreadTokenError(DocumentError):
    """The issuer answered, and would not look at this token; nothing is said of any other."""


def read_answer(answer: Response, *, issuer: str) -> FrozenObject | None:
    """Return the claims of an active token, with *issuer* where the answer names none; None for any other token.

    Raises:
        UnreadTokenError: The request was refused for what was in it.
        DocumentError: It is no answer to what was asked.
    """
    if answer.status in _TOKENS_OWN:
        raise UnreadTokenError(f"status {answer.status}")
    if answer.status != 200:
        raise DocumentError(f"status {answer.status}")
    try:
        members: Mapping[str, JsonValue] = strict_json.parse_object(answer.body)
    except JoseError as error:
        raise DocumentError(f"not a JSON object: {error}") from error
    is_active = members.get("active")
    if not isinstance(is_active, bool):
        raise DocumentError("it does not say whether the token is active")
    if not is_active:
        return None
    claims = {name: value for name, value in members.items() if name != "active"}
    # RFC 9068 §5: a client that acts for itself is its own subject; RFC 7662 leaves it out.
    return FrozenObject({"iss": issuer, "sub": claims.get("client_id"), **claims})


def check_claims(
    claims: Mapping[str, JsonValue], *, issuer: str, audiences: frozenset[str], leeway: float, now: float
) -> None:
    """Refuse claims that are not good here and now.

    Raises:
        InvalidTokenError: `code` is the one that a signed token with these claims would get.
    """
    if claims["iss"] != issuer:
        raise _refused("The access token is from another issuer.", "wrong_issuer", claims["iss"])
    if audiences.isdisjoint(_audiences_of(claims.get("aud"))):
        raise _refused("The access token is for another audience.", "wrong_audience", claims.get("aud"))
    if not isinstance(claims["sub"], str):
        raise _refused("The access token names nobody.", "missing_claim", claims["sub"])
    sent_as = claims.get("token_type", "Bearer")
    if not isinstance(sent_as, str) or sent_as.lower() not in _SENT_AS:
        raise _refused("This is no access token.", "wrong_type", sent_as)
    if sent_as.lower() == "dpop" and "cnf" not in claims:
        # It is bound, and nobody says to what: taken as a bearer token, it would be worth something to a thief.
        raise _refused("The access token must come with a proof.", "unproven_possession", None)
    if _seconds(claims, "exp", math.inf) + leeway <= now:
        raise _refused("The access token has expired.", "expired", claims.get("exp"))
    if _seconds(claims, "nbf", -math.inf) - leeway > now:
        raise _refused("The access token is not valid yet.", "not_yet_valid", claims.get("nbf"))


def _audiences_of(value: JsonValue) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, tuple) else []


def _seconds(claims: Mapping[str, JsonValue], name: str, absent: float) -> float:
    value = claims.get(name)
    if value is None:
        return absent
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(f"The claim {name} is malformed.", "malformed_claim", value)
    return float(value)


def _refused(message: str, code: str, value: JsonValue) -> InvalidTokenError:
    return InvalidTokenError(message, code=code, detail=f"{value!r:.256}")
