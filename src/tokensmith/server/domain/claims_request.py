"""The `claims` parameter: what a client asks to be told, claim by claim (Core §5.5).

A claim is released as part of the scope that it belongs to, so that a person is asked one question for either way of
asking. Claims of no scope are passed over: an essential one that cannot be had is no error (Core §5.5.1).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tokensmith.jose.errors import JoseError
from tokensmith.jose.strict_json import JsonValue, parse_object
from tokensmith.server.domain.authorization_errors import UnmetRequirementsError
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.identity import CLAIMS_OF_SCOPE

_PLACES: Final = ("id_token", "userinfo")


def scopes_of_claims(text: str) -> frozenset[str]:
    """Return the scopes that the claims asked for belong to.

    Raises:
        InvalidRequestError: no JSON object of the form of Core §5.5 (`claims_malformed`).
        UnmetRequirementsError: it insists on a class of sign-in (`acr`), and none is told apart here (Core §5.5.1.1).
    """
    named = dict(_named(text))
    acr = named.get("acr")
    if isinstance(acr, Mapping) and acr.get("essential") is True:
        raise UnmetRequirementsError("No such class of sign-in is offered.", detail=f"acr={acr!r:.200}")
    return frozenset(scope for scope, claims in CLAIMS_OF_SCOPE.items() if not named.keys().isdisjoint(claims))


def _named(text: str) -> Iterator[tuple[str, JsonValue]]:
    try:
        places = parse_object(text.encode("utf-8", "surrogatepass"))
    except JoseError as error:
        raise _malformed(error.code) from None
    for place in _PLACES:
        claims = places.get(place)
        if claims is None:
            continue
        if not isinstance(claims, Mapping):
            raise _malformed(place)
        yield from claims.items()


def _malformed(detail: str) -> InvalidRequestError:
    return InvalidRequestError("claims is malformed.", code="claims_malformed", detail=detail)
