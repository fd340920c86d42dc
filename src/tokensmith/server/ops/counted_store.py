"""A store that tells which audited events were committed.

Counting what was audited, after its commit, counts each thing once and nothing that was rolled back; a flow that audits
an event need not know that anybody counts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tokensmith.server.domain.audit import Audit, AuditEvent, AuditName, AuditRow
from tokensmith.server.domain.authorization_codes import AuthorizationCodes
from tokensmith.server.domain.clients import Clients
from tokensmith.server.domain.consents import Consents
from tokensmith.server.domain.device_requests import DeviceRequests
from tokensmith.server.domain.forgetting import Forgetting
from tokensmith.server.domain.grants import Grants
from tokensmith.server.domain.logos import Logos
from tokensmith.server.domain.logout_notices import LogoutNotices
from tokensmith.server.domain.pending_requests import PendingRequests
from tokensmith.server.domain.refresh_tokens import RefreshTokens
from tokensmith.server.domain.resources import Resources
from tokensmith.server.domain.restoring import Restoring
from tokensmith.server.domain.sessions import Sessions
from tokensmith.server.domain.sign_in_attempts import SignInAttempts
from tokensmith.server.domain.signing_keys import SigningKeys
from tokensmith.server.domain.status_lists import StatusLists
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.used_proofs import UsedProofs
from tokensmith.server.domain.users import Users

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CountedStore:
    """Passes every unit of work on to *store*; *audited* hears the name of each event that was committed."""

    store: Store
    audited: Callable[[AuditName], None]

    async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """See `Store`."""
        return await self.store.read(unit)

    async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """See `Store`."""
        names: list[AuditName] = []

        async def counted(uow: UnitOfWork) -> T:
            names.clear()  # a unit may be run again after a serialisation failure
            return await unit(_CountedUnit(uow, names))

        result = await self.store.write(counted)
        for name in names:
            self.audited(name)
        return result


class _CountedAudit:
    """The audit log, with the names of what was recorded on the side."""

    def __init__(self, audit: Audit, names: list[AuditName]) -> None:
        self._audit = audit
        self._names = names

    async def record(self, event: AuditEvent) -> None:
        await self._audit.record(event)
        self._names.append(event.name)

    async def latest(self, *, limit: int) -> tuple[AuditRow, ...]:
        return await self._audit.latest(limit=limit)

    async def since(self, at_ms: int, *, after: int, limit: int) -> tuple[AuditRow, ...]:
        return await self._audit.since(at_ms, after=after, limit=limit)


class _CountedUnit:
    """A unit of work whose audit log is a counted one; everything else is the unit's own."""

    def __init__(self, uow: UnitOfWork, names: list[AuditName]) -> None:
        self._uow = uow
        self._names = names

    @property
    def users(self) -> Users:
        return self._uow.users

    @property
    def resources(self) -> Resources:
        return self._uow.resources

    @property
    def clients(self) -> Clients:
        return self._uow.clients

    @property
    def sessions(self) -> Sessions:
        return self._uow.sessions

    @property
    def pending_requests(self) -> PendingRequests:
        return self._uow.pending_requests

    @property
    def consents(self) -> Consents:
        return self._uow.consents

    @property
    def authorization_codes(self) -> AuthorizationCodes:
        return self._uow.authorization_codes

    @property
    def device_requests(self) -> DeviceRequests:
        return self._uow.device_requests

    @property
    def forgetting(self) -> Forgetting:
        return self._uow.forgetting

    @property
    def restoring(self) -> Restoring:
        return self._uow.restoring

    @property
    def logout_notices(self) -> LogoutNotices:
        return self._uow.logout_notices

    @property
    def grants(self) -> Grants:
        return self._uow.grants

    @property
    def refresh_tokens(self) -> RefreshTokens:
        return self._uow.refresh_tokens

    @property
    def logos(self) -> Logos:
        return self._uow.logos

    @property
    def used_proofs(self) -> UsedProofs:
        return self._uow.used_proofs

    @property
    def status_lists(self) -> StatusLists:
        return self._uow.status_lists

    @property
    def signing_keys(self) -> SigningKeys:
        return self._uow.signing_keys

    @property
    def sign_in_attempts(self) -> SignInAttempts:
        return self._uow.sign_in_attempts

    @property
    def audit(self) -> Audit:
        return _CountedAudit(self._uow.audit, self._names)

    async def now_ms(self) -> int:
        return await self._uow.now_ms()
