"""What a token is asked for with: each grant as the form that RFC 6749 and its successors have for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from tokensmith.outbound.post import Form

DEVICE_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"


class Grant(Protocol):
    """Something that a token is given for."""

    def form(self) -> Form:
        """Write it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """The client for itself (RFC 6749 §4.4).

    Args:
        resource: The service the token is for (RFC 8707); None leaves it to the server.
        scope: What it is to allow, separated by spaces; None takes what the server gives.
    """

    resource: str | None = None
    scope: str | None = None

    def form(self) -> Form:
        """Write it."""
        return _form("client_credentials", resource=self.resource, scope=self.scope)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """In a person's name, as they once allowed (RFC 6749 §6).

    Args:
        token: The refresh token. Most servers give another one with each answer, and then this one is used up.
        resource: As in `ClientCredentials`.
        scope: Less than was allowed; None is all of it.
    """

    token: str = field(repr=False)
    resource: str | None = None
    scope: str | None = None

    def form(self) -> Form:
        """Write it."""
        return _form("refresh_token", refresh_token=self.token, resource=self.resource, scope=self.scope)


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What a person allowed in their browser (RFC 6749 §4.1.3); see `Client.start_sign_in`.

    Args:
        code: Good once, and for a minute.
        redirect_uri: Where it came back to, exactly as it was asked for.
        verifier: As of RFC 7636.
    """

    code: str = field(repr=False)
    redirect_uri: str
    verifier: str = field(repr=False)

    def form(self) -> Form:
        """Write it."""
        return _form("authorization_code", code=self.code, redirect_uri=self.redirect_uri, code_verifier=self.verifier)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person confirmed on another device (RFC 8628 §3.4); see `Client.start_device`."""

    code: str = field(repr=False)

    def form(self) -> Form:
        """Write it."""
        return _form(DEVICE_CODE, device_code=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchange:
    """One token for another, to call the next service in the caller's name (RFC 8693 §2.1).

    Args:
        subject_token: Whose name it is to be: the token that came in.
        subject_token_type: What that is; an access token, unless said otherwise.
        actor_token: Who acts for them; by default nobody is named, and the server takes the client.
        actor_token_type: What that is; it goes with *actor_token*.
        requested_token_type: What to ask for; None leaves it to the server.
        resource: The service it is for.
        audience: The same by a name that the server knows, where it knows no URLs.
        scope: What it is to allow.
    """

    subject_token: str = field(repr=False)
    subject_token_type: str = ACCESS_TOKEN
    actor_token: str | None = field(default=None, repr=False)
    actor_token_type: str = ACCESS_TOKEN
    requested_token_type: str | None = None
    resource: str | None = None
    audience: str | None = None
    scope: str | None = None

    def form(self) -> Form:
        """Write it."""
        return _form(
            TOKEN_EXCHANGE,
            subject_token=self.subject_token,
            subject_token_type=self.subject_token_type,
            actor_token=self.actor_token,
            actor_token_type=None if self.actor_token is None else self.actor_token_type,
            requested_token_type=self.requested_token_type,
            resource=self.resource,
            audience=self.audience,
            scope=self.scope,
        )


def _form(grant_type: str, **parameters: str | None) -> Form:
    return [("grant_type", grant_type), *present(parameters.items())]


def present(parameters: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Leave out what is not said."""
    return [(name, value) for name, value in parameters if value is not None]
