"""A store in memory that satisfies the domain's protocols and passes the same tests as the two real ones.

Units of work never suspend in it, so each is atomic by itself; one that raises leaves everything as it was. The
database's clock stands still until a test moves it.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.server.fake_authorization import (
    FakeAuthorizationCodes,
    FakeConsents,
    FakeDeviceRequests,
    FakeLogoutNotices,
    FakePendingRequests,
)
from tests.server.fake_grants import FakeForgetting, FakeGrants, FakeRefreshTokens, FakeStatusLists
from tests.server.fake_people import FakeClients, FakeResources, FakeSessions, FakeUsers
from tests.server.fake_restoring import FakeRestoring
from tests.server.fake_state import State
from tests.server.fake_upkeep import FakeAudit, FakeLogos, FakeSignInAttempts, FakeSigningKeys, FakeUsedProofs
from tokensmith.server.domain.unit_of_work import UnitOfWork

T = TypeVar("T")


class InMemoryUnitOfWork:
    """The repositories over one state; satisfies `UnitOfWork`."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.users = FakeUsers(state)
        self.resources = FakeResources(state)
        self.clients = FakeClients(state)
        self.sessions = FakeSessions(state)
        self.pending_requests = FakePendingRequests(state)
        self.consents = FakeConsents(state)
        self.authorization_codes = FakeAuthorizationCodes(state)
        self.device_requests = FakeDeviceRequests(state)
        self.forgetting = FakeForgetting(state)
        self.restoring = FakeRestoring(state)
        self.logout_notices = FakeLogoutNotices(state)
        self.grants = FakeGrants(state)
        self.refresh_tokens = FakeRefreshTokens(state)
        self.logos = FakeLogos(state)
        self.used_proofs = FakeUsedProofs(state)
        self.status_lists = FakeStatusLists(state)
        self.signing_keys = FakeSigningKeys(state)
        self.sign_in_attempts = FakeSignInAttempts(state)
        self.audit = FakeAudit(state)

    async def now_ms(self) -> int:
        return self._state.now_ms


class InMemoryStore:
    """Satisfies `Store`; `advance` moves its clock, and an `outage` makes it refuse as a lost database does."""

    def __init__(self) -> None:
        self._state = State()
        self.outage: Exception | None = None

    @property
    def now_ms(self) -> int:
        """The time of the pretended database."""
        return self._state.now_ms

    def advance(self, milliseconds: int) -> None:
        """Let time pass in the database."""
        self._state.now_ms += milliseconds

    async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        if self.outage is not None:
            raise self.outage
        return await unit(InMemoryUnitOfWork(self._state.copy()))

    async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        if self.outage is not None:
            raise self.outage
        changed = self._state.copy()
        result = await unit(InMemoryUnitOfWork(changed))
        self._state = changed
        return result
