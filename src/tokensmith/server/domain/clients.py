"""Clients: the programs that ask for tokens, and what each may ask for (RFC 6749 §2, RFC 7591 §2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.registrations import NOTHING_MORE, AuthMethod, Registration

FIRST_PARTY: Final = ClientId("first-party")
FIRST_PARTY_NAME: Final = "First-party sign-in"


class GrantType(StrEnum):
    """What a client may exchange for a token; the values are those on the wire."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


# By which a person lets a client act for them.
OF_PEOPLE: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.DEVICE_CODE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long what a client gets is good, in seconds.

    Attributes:
        access: Of an access token.
        refresh_idle: Without a refresh, after which the grant has ended.
        refresh_absolute: From the sign-in on, whatever happens.
        reuse_window: A refresh token rotated out this recently still gets the current one: racing tabs are no theft.
            0 is strict.
        lost_answer: The immediate predecessor stays good this long while its successor was never redeemed. 0 is strict.
    """

    access: int = 15 * 60
    refresh_idle: int = 14 * 24 * 3600
    refresh_absolute: int = 90 * 24 * 3600
    reuse_window: int = 10
    lost_answer: int = 60

    @property
    def reuse_window_ms(self) -> int:
        """The same window in the database's unit."""
        return self.reuse_window * MILLISECONDS

    @property
    def lost_answer_ms(self) -> int:
        """The same span in the database's unit."""
        return self.lost_answer * MILLISECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that asks for tokens.

    Attributes:
        secret_digests: SHA-256 of each secret that is good now; none for a public client. Two at once let an operator
            change a secret without a moment in which neither works.
        default_resource_id: The resource of a request that names none.
    """

    id: ClientId
    name: str
    grant_types: frozenset[GrantType]
    secret_digests: tuple[bytes, ...]
    default_resource_id: ResourceId | None
    lifetimes: Lifetimes
    signing_alg: str
    disabled: bool
    registration: Registration = NOTHING_MORE

    @property
    def is_public(self) -> bool:
        """Whether the client has nothing to prove itself with (RFC 6749 §2.1)."""
        return self.auth_method is AuthMethod.NONE

    @property
    def auth_method(self) -> AuthMethod:
        """How it proves itself: in this way and in no other, or the weaker one is the one that counts."""
        if self.registration.auth_method is not None:
            return self.registration.auth_method
        if self.registration.has_keys:
            return AuthMethod.PRIVATE_KEY_JWT
        return AuthMethod.SECRET if self.secret_digests else AuthMethod.NONE

    @property
    def refreshes(self) -> bool:
        """Whether it may use refresh tokens."""
        return GrantType.REFRESH_TOKEN in self.grant_types

    @property
    def shown_name(self) -> str:
        """What people are shown: a program that nobody has registered comes with the host that speaks for it."""
        if self.registration.document_read_at_ms is None:
            return self.name
        return f"{self.name} ({urlsplit(self.id).hostname})"


class Clients(Protocol):
    """Where clients are kept."""

    async def add(self, client: Client, *, created_at_ms: int) -> None:
        """Store a new client with its secrets.

        Raises:
            ConflictError: the id is taken (`client_exists`).
        """

    async def find(self, client_id: ClientId) -> Client | None:
        """Return the client with exactly this id."""

    async def hold(self, client_id: ClientId) -> Client | None:
        """Return it, for a change: nobody else changes it before this unit is over."""

    async def update(self, client: Client) -> None:
        """Store everything of the client but its secrets."""

    async def replace_secrets(self, client_id: ClientId, digests: tuple[bytes, ...]) -> None:
        """Store which secrets are good from now on."""

    async def all(self) -> tuple[Client, ...]:
        """Return every client, by id."""

    async def allow(self, client_id: ClientId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Let the client ask for these scopes at the resource, besides those it may ask for already."""

    async def forbid(self, client_id: ClientId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Take these scopes away."""

    async def scopes(self, client_id: ClientId) -> dict[ResourceId, frozenset[str]]:
        """Return what the client may ask for, resource by resource; resources with nothing are left out."""
