"""Pure builders of what goes into tokens (RFC 9068 §2.2, RFC 9449 §6.1, Token Status List §6.2)."""

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.authorization_details import Details
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.identity import claims_for
from tokensmith.server.domain.possession import confirmation
from tokensmith.server.domain.status_lists import StatusPlace


def access_token_claims(
    standing: Standing,
    *,
    scopes: frozenset[str],
    place: StatusPlace,
    issuer: str,
    key_thumbprint: str | None,
    details: Details,
) -> dict[str, JsonValue]:
    """Return the claims of an access token, less those the signer fills in (iss, aud, iat, exp, jti).

    Args:
        key_thumbprint: Names the key or the certificate that the token is bound to (`domain/possession.py`); None for a
            bearer token.
        details: What it allows beyond scopes (RFC 9396 §9.1): those of its own audience.
    """
    claims: dict[str, JsonValue] = {
        "sub": subject(standing),
        "client_id": standing.client.id,
        "status": {"status_list": {"idx": place.index, "uri": status_list_uri(issuer, place.list_id)}},
    }
    if scopes:
        claims["scope"] = " ".join(sorted(scopes))
    if details:
        claims["authorization_details"] = [dict(detail) for detail in details]
    if key_thumbprint is not None:
        claims["cnf"] = confirmation(key_thumbprint)
    if standing.signed_in_at_ms is not None:
        claims["auth_time"] = to_seconds(standing.signed_in_at_ms)
        claims["amr"] = list(standing.amr)
    if standing.grant.session_id is not None:
        claims["sid"] = standing.grant.session_id
    return claims


def id_token_claims(standing: Standing, *, nonce: str | None, scopes: frozenset[str]) -> dict[str, JsonValue]:
    """Return the claims of an ID token, less those the signer and the token beside it fill in (Core §2).

    What the identity scopes ask for is in it, too: where its access token is for another service, UserInfo could not be
    asked (Core §5.4 speaks of the case in which there is none).
    """
    claims: dict[str, JsonValue] = {"sub": subject(standing), **person_claims(standing, scopes=scopes)}
    if standing.signed_in_at_ms is not None:
        claims["auth_time"] = to_seconds(standing.signed_in_at_ms)
        claims["amr"] = list(standing.amr)
    if standing.grant.session_id is not None:
        claims["sid"] = standing.grant.session_id
    if nonce is not None:
        claims["nonce"] = nonce
    return claims


def person_claims(standing: Standing, *, scopes: frozenset[str]) -> dict[str, JsonValue]:
    """Return what these scopes tell of the person, less what is not known (Core §5.3.2: left out, not null)."""
    if standing.user is None:
        return {}
    known: dict[str, JsonValue] = {"preferred_username": standing.user.name, "name": standing.user.name}
    known |= standing.user.profile
    wanted = claims_for(scopes)
    return {name: value for name, value in known.items() if name in wanted}


def subject(standing: Standing) -> str:
    """Return whom the tokens of a grant are about.

    A client that acts for itself is its own subject, under a name no person can have: ids of people have no colon
    (RFC 9700 §4.15.1, RFC 9068 §5).
    """
    return standing.user.id if standing.user else f"client:{standing.client.id}"


def status_list_uri(issuer: str, list_id: int) -> str:
    """Return where a status list is published."""
    return f"{issuer.rstrip('/')}/status/{list_id}"
