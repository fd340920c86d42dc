"""What happened, as typed events that are written in the same transaction as what they tell of; never a secret."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tokensmith.server.domain.ids import ClientId, GrantId, UserId


class AuditName(StrEnum):
    """Everything that is audited; docs/audit.md tells of each."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    REFRESHED = "refreshed"
    REFRESH_REPEATED = "refresh_repeated"
    REFRESH_REUSED = "refresh_reused"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    CODE_REDEEMED = "code_redeemed"
    CODE_REUSED = "code_reused"
    ASSERTION_TAKEN = "assertion_taken"
    DEVICE_CONNECTED = "device_connected"
    TOKEN_REVOKED = "token_revoked"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_SCOPES_CHANGED = "user_scopes_changed"
    RESOURCE_CREATED = "resource_created"
    RESOURCE_CHANGED = "resource_changed"
    CLIENT_CREATED = "client_created"
    CLIENT_CHANGED = "client_changed"
    KEY_CREATED = "key_created"
    KEY_IMPORTED = "key_imported"
    KEY_RETIRED = "key_retired"
    KEY_ERASED = "key_erased"
    SEALING_KEY_CHANGED = "sealing_key_changed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that happened. *details* holds short, public facts; names and numbers, never tokens or passwords."""

    name: AuditName
    user_id: UserId | None = None
    client_id: ClientId | None = None
    grant_id: GrantId | None = None
    source: str | None = None
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An event as it is kept: with its number and the database's time."""

    number: int
    at_ms: int
    event: AuditEvent


class Audit(Protocol):
    """Where events are kept; nothing is ever changed there."""

    async def record(self, event: AuditEvent) -> None:
        """Append one event."""

    async def latest(self, *, limit: int) -> tuple[AuditRow, ...]:
        """Return the newest events, newest first."""

    async def since(self, at_ms: int, *, after: int, limit: int) -> tuple[AuditRow, ...]:
        """Return events from a moment on whose numbers are above *after*, in the order of numbers."""
