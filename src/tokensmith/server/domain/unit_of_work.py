"""The repositories of one transaction, and the store that runs units of work.

A unit of work is a coroutine function over `UnitOfWork`. It awaits nothing but the repositories: hashing, signing and
fetching happen outside (decision 12), so a transaction is never open while something slow goes on. On SQLite the
coroutine is stepped on the writer thread; on PostgreSQL it is awaited on a connection of the pool. Either may run it a
second time after a serialisation failure, so a unit changes nothing but the database.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tokensmith.server.domain.audit import Audit
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
from tokensmith.server.domain.used_proofs import UsedProofs
from tokensmith.server.domain.users import Users

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One transaction and its repositories."""

    @property
    def users(self) -> Users:
        """People."""

    @property
    def resources(self) -> Resources:
        """Resource servers."""

    @property
    def clients(self) -> Clients:
        """Clients."""

    @property
    def sessions(self) -> Sessions:
        """Sign-ins."""

    @property
    def pending_requests(self) -> PendingRequests:
        """Authorization requests that wait."""

    @property
    def consents(self) -> Consents:
        """What people allowed clients."""

    @property
    def authorization_codes(self) -> AuthorizationCodes:
        """Authorization codes."""

    @property
    def device_requests(self) -> DeviceRequests:
        """Devices that wait."""

    @property
    def forgetting(self) -> Forgetting:
        """Forgetting what is over."""

    @property
    def restoring(self) -> Restoring:
        """Ending what a backup brought back."""

    @property
    def logout_notices(self) -> LogoutNotices:
        """Clients to be told of sign-outs."""

    @property
    def grants(self) -> Grants:
        """Grants."""

    @property
    def refresh_tokens(self) -> RefreshTokens:
        """Refresh families."""

    @property
    def logos(self) -> Logos:
        """Pictures of programs."""

    @property
    def used_proofs(self) -> UsedProofs:
        """Used proofs of possession."""

    @property
    def status_lists(self) -> StatusLists:
        """Places in status lists."""

    @property
    def signing_keys(self) -> SigningKeys:
        """Signing keys."""

    @property
    def sign_in_attempts(self) -> SignInAttempts:
        """Counted sign-in attempts."""

    @property
    def audit(self) -> Audit:
        """The audit log."""

    async def now_ms(self) -> int:
        """Return the database's time, in milliseconds since 1970."""


class Store(Protocol):
    """Runs units of work; the database is the truth and the only state."""

    async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a unit that changes nothing.

        Raises:
            UnavailableError: the database cannot be reached.
        """

    async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a unit in one transaction; returns only after its commit is on disk.

        An exception out of *unit* rolls back and comes out here. A refusal that must leave something behind (a family
        revoked, an attempt counted) is therefore *returned*, and raised by the caller after the commit.

        Raises:
            UnavailableError: the database cannot be reached; nothing was written.
        """
