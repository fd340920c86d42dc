"""What a person has allowed a client, once for every later sign-in (Core §3.1.2.4)."""

from typing import Protocol

from tokensmith.server.domain.ids import ClientId, ResourceId, UserId


class Consents(Protocol):
    """Where consents are kept."""

    async def given(self, user_id: UserId, client_id: ClientId) -> dict[ResourceId, frozenset[str]]:
        """Return what was allowed, resource by resource; resources with nothing are left out."""

    async def give(self, user_id: UserId, client_id: ClientId, scopes: dict[ResourceId, frozenset[str]]) -> None:
        """Allow these, besides what was allowed before."""

    async def withdraw(self, user_id: UserId, client_id: ClientId) -> None:
        """Take everything back. Ending the grants is the caller's next step."""
