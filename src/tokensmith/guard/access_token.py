"""From a verified token to a Principal, under the access-token profile (RFC 9068 §2.2, §4)."""

from collections.abc import Mapping
from typing import Final, cast

from tokensmith.guard.errors import InvalidTokenError
from tokensmith.guard.issuer import Issuer
from tokensmith.guard.principal import Principal
from tokensmith.guard.scopes import parse_scopes
from tokensmith.guard.sender.binding import Binding, Method
from tokensmith.jose.jwt import ACCESS_TOKEN, Clock, Verifier
from tokensmith.jose.strict_json import JsonValue

# What a principal is made of, where the issuer's tokens are of no profile.
_LEAST_CLAIMS: Final = ("iss", "aud", "sub")


def access_token_verifier(issuer: Issuer, *, clock: Clock) -> Verifier:
    """Make the verifier of an issuer's access tokens: under the whole profile, where their type is the profile's."""
    if issuer.typ.lower().removeprefix("application/") in ACCESS_TOKEN.types:
        return Verifier(
            None, issuer=issuer.url, audience=issuer.audience, profile=ACCESS_TOKEN, leeway=issuer.leeway, clock=clock
        )
    return Verifier(
        None,
        issuer=issuer.url,
        audience=issuer.audience,
        typ=issuer.typ,
        required=_LEAST_CLAIMS,
        leeway=issuer.leeway,
        clock=clock,
    )


def principal_from(claims: Mapping[str, JsonValue], *, binding: Binding | None) -> Principal:
    """Take from the claims of a token that holds what a route may trust.

    Args:
        claims: With "sub" and "iss"; read-only, since they go with it.
        binding: What its sender has to prove; None for a bearer token.

    Raises:
        InvalidTokenError: A claim is malformed; code `malformed_claim`.
    """
    return Principal(
        subject=cast("str", claims["sub"]),
        client_id=_client_id(claims.get("client_id")),
        issuer=cast("str", claims["iss"]),
        scopes=_scopes(claims.get("scope")),
        claims=claims,
        key_thumbprint=_thumbprint(binding, of="jkt"),
        certificate_thumbprint=_thumbprint(binding, of="x5t#S256"),
    )


def _thumbprint(binding: Binding | None, *, of: Method) -> str | None:
    return binding.thumbprint if binding is not None and binding.method == of else None


def _client_id(value: JsonValue) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _malformed("client_id")


def _scopes(value: JsonValue) -> frozenset[str]:
    if value is None:
        return frozenset()
    if not isinstance(value, str):
        raise _malformed("scope")
    try:
        return parse_scopes(value)
    except ValueError:
        raise _malformed("scope") from None


def _malformed(name: str) -> InvalidTokenError:
    return InvalidTokenError(f"The claim {name} is malformed.", code="malformed_claim", detail=name)
