"""The table of a client in an operator's file, read into a client, and a client told in the same words.

Its members are those of a registration (`domain/client_metadata.py`), which are read and told there, and the few that
only an operator may set. To add one of these, name it in `ClientTable` and in the table of what it sets. A member that
is left out has its default: the file says all of a client, and what it does not say is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.client_metadata import ClientMetadata, read_metadata, told_metadata
from tokensmith.server.domain.clients import FIRST_PARTY, FIRST_PARTY_NAME, Client, GrantType, Lifetimes
from tokensmith.server.domain.errors import DeclarationError, OAuthError
from tokensmith.server.domain.fapi import ALGORITHMS, fapi2
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import BY_CERTIFICATE, AssertionIssuer

T = TypeVar("T")

FAPI2: Final = "fapi2"
MAX_ID_CHARACTERS: Final = 256

# Which member sets which field, of the registration and of the lifetimes.
ON_REGISTRATION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trusted": "trusted",
        "opaque": "opaque",
        "require_pkce": "requires_pkce",
        "authorization_details_types": "detail_types",
        "assertion_issuers": "assertion_issuers",
    }
)
ON_LIFETIMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "access_seconds": "access",
        "refresh_idle_seconds": "refresh_idle",
        "refresh_absolute_seconds": "refresh_absolute",
        "reuse_window_seconds": "reuse_window",
        "lost_answer_seconds": "lost_answer",
    }
)
# The client of `/api/login` is what it is; these can be said of it.
_OF_FIRST_PARTY: Final = frozenset({"scopes", "default_resource", "disabled", "signing_alg", *ON_LIFETIMES})
_FIRST_PARTY_IS: Final[Mapping[str, object]] = MappingProxyType(
    {"client_name": FIRST_PARTY_NAME, "grant_types": ["refresh_token"], "token_endpoint_auth_method": "none"}
)
# RFC 6749 §4.4, RFC 8693, RFC 7523: of those who can prove who they are.
_CONFIDENTIAL: Final = frozenset({GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE, GrantType.JWT_BEARER})
# What follows from the others, and its own name.
_NOT_TOLD: Final = ("client_id", "response_types")
# As the columns are; that each can be is checked where every client is.
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_DEFAULT: Final = Lifetimes()


class _IssuerTable(AssertionIssuer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The members of somebody whose assertions are taken; *jwks* is a JWK Set as JSON."""


class ClientTable(ClientMetadata, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The members of a client's table, beside those of a registration."""

    profile: Literal["fapi2"] | None = None
    trusted: bool = False
    opaque: bool = False
    require_pkce: bool = True
    authorization_details_types: tuple[str, ...] = ()
    assertion_issuers: tuple[_IssuerTable, ...] = ()
    signing_alg: str = "ES256"
    access_seconds: _Seconds = _DEFAULT.access
    refresh_idle_seconds: _Seconds = _DEFAULT.refresh_idle
    refresh_absolute_seconds: _Seconds = _DEFAULT.refresh_absolute
    reuse_window_seconds: _Seconds = _DEFAULT.reuse_window
    lost_answer_seconds: _Seconds = _DEFAULT.lost_answer
    scopes: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    default_resource: str | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredClient:
    """A client as a file has it.

    Attributes:
        client: It, without secrets and without its default resource, whose id only the database knows.
        scopes: What it may ask for, by audience.
        default_audience: The resource of a request that names none.
        disabled: Whether it is switched off; None where the file does not say.
    """

    client: Client
    scopes: Mapping[str, frozenset[str]]
    default_audience: str | None
    disabled: bool | None


NO_CLIENT: Final = Client(
    id=ClientId(""),
    name="",
    grant_types=frozenset(),
    secret_digests=(),
    default_resource_id=None,
    lifetimes=_DEFAULT,
    signing_alg="ES256",
    disabled=False,
)
"""One of whom nothing has been said yet."""


def told_client(client: Client) -> dict[str, JsonValue]:
    """Return a client in the words of the file, but for its resources, which only the database knows by name."""
    told = {name: value for name, value in told_metadata(client).items() if name not in _NOT_TOLD}
    told["profile"] = FAPI2 if fapi2(client.registration) == client.registration else None
    told |= {
        member: msgspec.to_builtins(getattr(client.registration, field)) for member, field in ON_REGISTRATION.items()
    }
    told["signing_alg"] = client.signing_alg
    told |= {member: getattr(client.lifetimes, field) for member, field in ON_LIFETIMES.items()}
    return told | {"disabled": client.disabled}


def read_client_table(client_id: str, members: Mapping[str, object]) -> DeclaredClient:
    """Read the table of a client.

    Raises:
        DeclarationError: an unknown member, a value of the wrong kind, or what no client can be; the text names the
            member, and not the table.
    """
    if not (client_id.isascii() and client_id.isprintable() and " " not in client_id):
        raise DeclarationError("a client's id is printable ASCII without spaces.")
    if not 1 <= len(client_id) <= MAX_ID_CHARACTERS:
        raise DeclarationError(f"a client's id has 1 to {MAX_ID_CHARACTERS} characters.")
    table = convert_table(_completed(client_id, members), ClientTable)
    if table.default_resource is not None and table.default_resource not in table.scopes:
        raise DeclarationError("default_resource: is not a resource of its scopes.")
    return DeclaredClient(
        client=_profiled(_client(client_id, table), table.profile, named=frozenset(members)),
        scopes={audience: frozenset(names) for audience, names in table.scopes.items()},
        # The only one there is need not be named twice.
        default_audience=table.default_resource or (next(iter(table.scopes)) if len(table.scopes) == 1 else None),
        disabled=table.disabled,
    )


def convert_table(members: object, shape: type[T]) -> T:
    """Read a table into its shape.

    Raises:
        DeclarationError: no table, an unknown member, or a value of the wrong kind.
    """
    try:
        return msgspec.convert(members, shape)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        member = path.rstrip("`").removeprefix(".")
        raise DeclarationError(f"{member}: {reason}." if member else f"{reason}.") from None


def _completed(client_id: str, members: Mapping[str, object]) -> Mapping[str, object]:
    if client_id != FIRST_PARTY:
        return members
    if fixed := sorted(members.keys() - _OF_FIRST_PARTY):
        raise DeclarationError(f"{fixed[0]}: cannot be said of the client of /api/login.")
    return {**_FIRST_PARTY_IS, **members}


def _client(client_id: str, table: ClientTable) -> Client:
    try:
        read = read_metadata(table, fallback_name=client_id, by_operator=True, by_certificate=BY_CERTIFICATE)
    except OAuthError as error:
        raise DeclarationError(str(error), detail=error.detail) from None
    on_registration = {field: getattr(table, member) for member, field in ON_REGISTRATION.items()}
    issuers = tuple(msgspec.convert(msgspec.to_builtins(one), AssertionIssuer) for one in table.assertion_issuers)
    client = Client(
        id=ClientId(client_id),
        name=read.name,
        grant_types=read.grant_types,
        secret_digests=(),
        default_resource_id=None,
        lifetimes=Lifetimes(**{field: getattr(table, member) for member, field in ON_LIFETIMES.items()}),
        signing_alg=table.signing_alg,
        disabled=False,
        registration=msgspec.structs.replace(read.registration, **on_registration | {"assertion_issuers": issuers}),
    )
    if bool(issuers) != (GrantType.JWT_BEARER in read.grant_types):
        raise DeclarationError(f"assertion_issuers: goes with the grant type {GrantType.JWT_BEARER}.")
    if client.is_public and (beyond := read.grant_types & _CONFIDENTIAL):
        raise DeclarationError(f"grant_types: {min(beyond)} takes a client that proves who it is.")
    return client


def _profiled(client: Client, profile: str | None, *, named: frozenset[str]) -> Client:
    if profile is None:
        return client
    # What the profile says need not be said again; what contradicts it is refused, never quietly overruled.
    after = replace(client, registration=fapi2(client.registration))
    told, profiled = told_client(client), told_client(after)
    for member in sorted(named & told.keys()):
        if member != "profile" and told[member] != profiled.get(member):
            raise DeclarationError(f"{member}: the profile {profile} has something else.")
    if client.signing_alg not in ALGORITHMS:
        raise DeclarationError(f"signing_alg: the profile {profile} has something else.")
    return after
