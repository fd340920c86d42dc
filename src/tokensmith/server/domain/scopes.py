"""What a token may say: asked for, and had (decision 14; RFC 6749 §3.3, §6; RFC 8707 §2.2)."""

from tokensmith.guard.scopes import parse_scopes
from tokensmith.server.domain.authorization_details import Details
from tokensmith.server.domain.errors import InvalidScopeError, InvalidTargetError
from tokensmith.server.domain.grants import GrantedAudience, Standing
from tokensmith.server.domain.identity import IDENTITY


def asked_scopes(scope: str | None) -> frozenset[str] | None:
    """Return the scopes named in a request; None where it names none.

    Raises:
        InvalidScopeError: *scope* has not the grammar of RFC 6749 §3.3.
    """
    if scope is None:
        return None
    try:
        return parse_scopes(scope)
    except ValueError as error:
        raise InvalidScopeError("The scope is malformed.", code="scope_malformed", detail=repr(scope[:200])) from error


def narrowed(asked: frozenset[str] | None, *, allowed: frozenset[str]) -> frozenset[str]:
    """Return what was asked for and may be had; everything that may be had where nothing was asked for.

    Raises:
        InvalidScopeError: nothing is left.
    """
    left = allowed if asked is None else asked & allowed
    if not left:
        raise InvalidScopeError(
            "None of these scopes can be had here.", code="scope_empty", detail=f"{asked}∩{allowed}"
        )
    return left


def audience_of(standing: Standing, *, resource: str | None) -> GrantedAudience:
    """Return the audience of a grant that a request asks for; its only service where the request names none.

    Raises:
        InvalidTargetError: the grant does not reach *resource*, or reaches several and none was named.
    """
    found = [one for one in standing.audiences if resource is None or one.resource.audience == resource]
    if len(found) > 1:
        # Who named none means the service that the grant is about, not the server's own UserInfo.
        found = [one for one in found if one.resource.id != IDENTITY]
    if len(found) != 1:
        reaches = [one.resource.audience for one in standing.audiences]
        raise InvalidTargetError("No such resource for this grant.", detail=f"asked {resource!r}, reaches {reaches}")
    return found[0]


def effective_scopes(standing: Standing, audience: GrantedAudience, *, scope: str | None) -> frozenset[str]:
    """Return the scopes of the next token of a grant: granted then, asked now, and still had by person and client.

    Raises:
        InvalidScopeError: malformed, wider than what was granted (RFC 6749 §6), or nothing is left.
    """
    asked = asked_scopes(scope)
    if asked is not None and not asked <= audience.scopes:
        raise InvalidScopeError("A refresh cannot widen the scope.", code="scope_wider", detail=f"{scope!r}")
    resource_id = audience.resource.id
    allowed = audience.scopes & standing.client_scopes.get(resource_id, frozenset())
    if standing.user is not None and resource_id != IDENTITY:
        allowed &= standing.user_scopes.get(resource_id, frozenset())
    if audience.details and asked is None and not audience.scopes:
        return _none_but_details(standing, audience)
    return narrowed(asked, allowed=allowed)


def effective_details(standing: Standing, audience: GrantedAudience) -> Details:
    """Return those authorization details of the next token whose types the client still has."""
    types = standing.client.registration.detail_types
    return tuple(one for one in audience.details if one["type"] in types)


def _none_but_details(standing: Standing, audience: GrantedAudience) -> frozenset[str]:
    # Who may do nothing there any more has lost what was granted beyond scopes, too.
    is_locked_out = standing.user is not None and not standing.user_scopes.get(audience.resource.id)
    if is_locked_out or not effective_details(standing, audience):
        raise InvalidScopeError("None of this can be had here any more.", code="scope_empty")
    return frozenset()


def identity_scopes(standing: Standing) -> frozenset[str]:
    """Return the scopes of OpenID Connect that a grant has today; none for one that is about a service alone."""
    granted = (audience.scopes for audience in standing.audiences if audience.resource.id == IDENTITY)
    return next(granted, frozenset()) & standing.client_scopes.get(IDENTITY, frozenset())
