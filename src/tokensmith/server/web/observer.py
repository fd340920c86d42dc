"""What the web tells whoever counts (see `ops/metrics.py`): routes, outcomes and times, nothing about a person."""

from typing import Protocol


class Observer(Protocol):
    """Hears of every request; must neither raise nor wait."""

    def answered(self, route: str, *, method: str, status: int, seconds: float) -> None:
        """A request was answered. *route* is the pattern from the table, never the path that was sent."""

    def refused(self, route: str, *, code: str) -> None:
        """A request was refused; *code* is one of docs/errors.md."""

    def issued(self, grant_type: str) -> None:
        """An access token was issued; "password" stands for a first-party sign-in."""

    def built_status_list(self) -> None:
        """This process built and signed a status list."""
