"""Visit: where the tour goes, as whom, and what it has been given so far."""

from dataclasses import dataclass, field
from typing import Final, Literal

from tokensmith.tour.exchange import Exchange

FIRST_PARTY: Final = "first-party"

Moment = Literal["signed in", "refreshed", "repeated", "signed in again"]
"""When tokens were given that later steps need."""


class NotReachedError(Exception):
    """A step needs something that was not given; the text says what, and completes "needs …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the tour goes and as whom.

    Args:
        issuer: The server's URL, exactly as its tokens spell it.
        notes: The URL of the service.
        audience: The URI by which the server knows the service.
        user, password: A person who may read notes and not write them.
        short_client: Id and secret of a client whose access tokens live for seconds.
        reuse_window: Seconds for which the server answers a refresh token that was just rotated out.
    """

    issuer: str
    notes: str
    audience: str
    user: str
    password: str = field(repr=False)
    short_client: tuple[str, str] | None = field(default=None, repr=False)
    reuse_window: float = 1

    @property
    def notes_url(self) -> str:
        """What is read and written."""
        return f"{self.notes}/notes"

    @property
    def token_url(self) -> str:
        """Where tokens are renewed."""
        return f"{self.issuer}/token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a token response gives (RFC 6749 §5.1); *refresh* is empty where there is none, lifetimes are seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int

    @classmethod
    def read(cls, answer: Exchange) -> "Tokens | None":
        """Read a token response; None if it is not one."""
        match answer.members:
            case {"access_token": str(access), "expires_in": int(expires_in), **rest}:
                refresh = rest.get("refresh_token", "")
                return cls(access=access, refresh=refresh if isinstance(refresh, str) else "", expires_in=expires_in)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Visit:
    """One walk: its place, and the tokens it holds."""

    place: Place
    _tokens: dict[Moment, Tokens] = field(default_factory=dict)

    def keep(self, moment: Moment, tokens: Tokens) -> None:
        """Keep tokens for the steps that come."""
        self._tokens[moment] = tokens

    def tokens(self, moment: Moment) -> Tokens:
        """Return what was kept; raises `NotReachedError` where that moment never came."""
        if moment not in self._tokens:
            raise NotReachedError(f"the tokens of “{moment}”")
        return self._tokens[moment]

    def kept(self, *moments: Moment) -> tuple[Tokens, ...]:
        """Return the tokens of those moments that came."""
        return tuple(self._tokens[moment] for moment in moments if moment in self._tokens)
