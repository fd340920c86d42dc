"""The tables of the store in memory, as dictionaries of immutable values."""

from dataclasses import dataclass, field, fields, replace
from typing import Self

from tokensmith.server.domain.audit import AuditRow
from tokensmith.server.domain.authorization_codes import AuthorizationCode
from tokensmith.server.domain.authorization_details import Details
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.device_requests import DeviceRequest
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import ClientId, GrantId, KeyId, ResourceId, SessionId, UserId
from tokensmith.server.domain.logos import Logo
from tokensmith.server.domain.logout_notices import LogoutNotice
from tokensmith.server.domain.pending_requests import PendingRequest
from tokensmith.server.domain.refresh_tokens import Family
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.sign_in_attempts import AttemptCount, AttemptRule
from tokensmith.server.domain.signing_keys import SigningKey
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.users import User


@dataclass(frozen=True)
class Reach:
    """What a grant may do at one resource, and where its tokens' bit is."""

    scopes: frozenset[str]
    place: StatusPlace | None = None
    details: Details = ()


@dataclass(frozen=True)
class Bit:
    """Who holds an index; *until_ms* is when its present state is over, None while it is held."""

    grant_id: GrantId
    revoked: bool = False
    until_ms: int | None = None


@dataclass
class State:
    """Everything the store knows."""

    now_ms: int = 1_800_000_000_000
    users: dict[UserId, User] = field(default_factory=dict)
    user_keys: dict[str, UserId] = field(default_factory=dict)
    user_scopes: dict[UserId, dict[ResourceId, frozenset[str]]] = field(default_factory=dict)
    resources: dict[ResourceId, Resource] = field(default_factory=dict)
    clients: dict[ClientId, Client] = field(default_factory=dict)
    client_scopes: dict[ClientId, dict[ResourceId, frozenset[str]]] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    pending: dict[bytes, PendingRequest] = field(default_factory=dict)
    consents: dict[tuple[UserId, ClientId], dict[ResourceId, frozenset[str]]] = field(default_factory=dict)
    consented_at: dict[tuple[UserId, ClientId, ResourceId, str], int] = field(default_factory=dict)
    devices: dict[bytes, DeviceRequest] = field(default_factory=dict)
    notices: dict[str, tuple[LogoutNotice, int]] = field(default_factory=dict)
    codes: dict[bytes, AuthorizationCode] = field(default_factory=dict)
    grants: dict[GrantId, Grant] = field(default_factory=dict)
    reaches: dict[tuple[GrantId, ResourceId], Reach] = field(default_factory=dict)
    families: dict[bytes, Family] = field(default_factory=dict)
    logos: dict[str, Logo] = field(default_factory=dict)
    used_proofs: dict[bytes, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    bits: dict[StatusPlace, Bit] = field(default_factory=dict)
    signing_keys: dict[KeyId, SigningKey] = field(default_factory=dict)
    attempts: dict[bytes, tuple[AttemptCount, AttemptRule]] = field(default_factory=dict)
    audit: dict[int, AuditRow] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Self:
        """Copy the tables; what is in them never changes in place."""
        copied = replace(self)
        for each in fields(self):
            if each.name != "now_ms":
                setattr(copied, each.name, dict(getattr(self, each.name)))
        return copied
