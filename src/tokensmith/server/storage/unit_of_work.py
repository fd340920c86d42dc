"""One transaction's repositories over one connection, whichever engine is behind it."""

from typing import Final

from sqlalchemy import select

from tokensmith.server.storage.audit import SqlAudit
from tokensmith.server.storage.authorization_codes import SqlAuthorizationCodes
from tokensmith.server.storage.clients import SqlClients
from tokensmith.server.storage.consents import SqlConsents
from tokensmith.server.storage.device_requests import SqlDeviceRequests
from tokensmith.server.storage.forgetting import SqlForgetting
from tokensmith.server.storage.grants import SqlGrants
from tokensmith.server.storage.logos import SqlLogos
from tokensmith.server.storage.logout_notices import SqlLogoutNotices
from tokensmith.server.storage.pending_requests import SqlPendingRequests
from tokensmith.server.storage.refresh_tokens import SqlRefreshTokens
from tokensmith.server.storage.resources import SqlResources
from tokensmith.server.storage.restoring import SqlRestoring
from tokensmith.server.storage.sessions import SqlSessions
from tokensmith.server.storage.sign_in_attempts import SqlSignInAttempts
from tokensmith.server.storage.signing_keys import SqlSigningKeys
from tokensmith.server.storage.statements import NOW_MS, Connection
from tokensmith.server.storage.status_lists import SqlStatusLists
from tokensmith.server.storage.used_proofs import SqlUsedProofs
from tokensmith.server.storage.users import SqlUsers

_NOW: Final = select(NOW_MS)


class SqlUnitOfWork:
    """Satisfies `UnitOfWork`. A unit uses two or three of its repositories, so each is made when it is asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def users(self) -> SqlUsers:
        """People."""
        return SqlUsers(self._connection)

    @property
    def resources(self) -> SqlResources:
        """Resource servers."""
        return SqlResources(self._connection)

    @property
    def clients(self) -> SqlClients:
        """Clients."""
        return SqlClients(self._connection)

    @property
    def sessions(self) -> SqlSessions:
        """Sign-ins."""
        return SqlSessions(self._connection)

    @property
    def pending_requests(self) -> SqlPendingRequests:
        """Authorization requests that wait."""
        return SqlPendingRequests(self._connection)

    @property
    def consents(self) -> SqlConsents:
        """What people allowed clients."""
        return SqlConsents(self._connection)

    @property
    def authorization_codes(self) -> SqlAuthorizationCodes:
        """Authorization codes."""
        return SqlAuthorizationCodes(self._connection)

    @property
    def device_requests(self) -> SqlDeviceRequests:
        """Devices that wait."""
        return SqlDeviceRequests(self._connection)

    @property
    def forgetting(self) -> SqlForgetting:
        """Forgetting what is over."""
        return SqlForgetting(self._connection)

    @property
    def restoring(self) -> SqlRestoring:
        """Ending what a backup brought back."""
        return SqlRestoring(self._connection)

    @property
    def logout_notices(self) -> SqlLogoutNotices:
        """Clients to be told of sign-outs."""
        return SqlLogoutNotices(self._connection)

    @property
    def grants(self) -> SqlGrants:
        """Grants."""
        return SqlGrants(self._connection)

    @property
    def refresh_tokens(self) -> SqlRefreshTokens:
        """Refresh families."""
        return SqlRefreshTokens(self._connection)

    @property
    def logos(self) -> SqlLogos:
        """Pictures of programs."""
        return SqlLogos(self._connection)

    @property
    def used_proofs(self) -> SqlUsedProofs:
        """Used proofs of possession."""
        return SqlUsedProofs(self._connection)

    @property
    def status_lists(self) -> SqlStatusLists:
        """Places in status lists."""
        return SqlStatusLists(self._connection)

    @property
    def signing_keys(self) -> SqlSigningKeys:
        """Signing keys."""
        return SqlSigningKeys(self._connection)

    @property
    def sign_in_attempts(self) -> SqlSignInAttempts:
        """Counted sign-in attempts."""
        return SqlSignInAttempts(self._connection)

    @property
    def audit(self) -> SqlAudit:
        """The audit log."""
        return SqlAudit(self._connection)

    async def now_ms(self) -> int:
        """Return the database's time, in milliseconds since 1970."""
        (row,) = await self._connection.rows(_NOW)
        now_ms: int = row[0]
        return now_ms
