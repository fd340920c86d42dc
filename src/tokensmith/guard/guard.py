"""Guard: may this request do this? Two doors, one for event loops and one for threads, over one plan."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.guard.challenge import Answer, answer_to, quote
from tokensmith.guard.credentials import CookieSource
from tokensmith.guard.deny_list import Revoked
from tokensmith.guard.errors import GuardError, MissingTokenError, UnavailableError
from tokensmith.guard.explain import Explanation, explain
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.issuer import Issuer
from tokensmith.guard.need import Need
from tokensmith.guard.principal import Principal
from tokensmith.guard.protected_resource import ProtectedResource, PublishedMetadata
from tokensmith.guard.sender import DPOP_ALGORITHMS, SenderCheck, SenderConstraint
from tokensmith.guard.token_cookie import TokenCookie
from tokensmith.guard.verify import ServiceRules, TrustedIssuers, verify
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound import AsyncFetcher, Fetcher
from tokensmith.outbound.doors import AsyncOutside, BlockingOutside
from tokensmith.outbound.outside import Outside
from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.outbound.target import parse_target
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher

_ANY_TOKEN: Final = Need()
_ACCEPT: Final = SenderConstraint()
_logger: Final = logging.getLogger("tokensmith.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old what a guard holds of one issuer is, in seconds; None where it holds nothing. For a service's metrics."""

    keys: float | None
    status_lists: float | None
    introspection: float | None


class Guard:
    """Lets requests in that carry a good access token of one of the issuers.

    Make one per service and keep it: it holds keys and status lists, and shares them among all requests, threads and
    event loops.

    Args:
        issuers: Whom to trust.
        public_url: Where clients reach this service, such as "https://api.example", with the path in front of its own
            ones if a proxy takes that away. Named, tokens that are bound to a key are taken together with their DPoP
            proofs, whose target is compared with it (RFC 9449); without it they are refused.
        sender: How tokens are taken that are bound to their sender; by default beside bearer tokens, with used proofs
            remembered in this process.
        cookie: A cookie to take tokens from as well, for pages in browsers; by default none. It needs *public_url*,
            whose pages may send it.
        revoked: The service's own word on who is not let in, beside the issuer's status lists: a `DenyList`, or any
            function from a `Principal` to a bool. Where it raises, the answer is a 503.
        resource: What to publish about this service, for clients that find their own way to a token (RFC 9728); by
            default nothing. It is called by its *public_url*. Adapters answer for it, and challenges say where it is.
        realm: What challenges call this service; optional.
        fetcher: How `authenticate_sync` fetches; by default with Python's own parts.
        async_fetcher: How `authenticate` fetches; by default *fetcher* in a thread.
        clock: Says the time that tokens are compared with.
        monotonic: Says the seconds that ages are measured in.

    Raises:
        ValueError: No issuer, or one twice; a *public_url* that is none; a *resource*, *sender* or *cookie* that
            needs one without it; or a realm outside printable ASCII.
    """

    def __init__(
        self,
        *issuers: Issuer,
        public_url: str | None = None,
        sender: SenderConstraint = _ACCEPT,
        cookie: TokenCookie | None = None,
        revoked: Revoked | None = None,
        resource: ProtectedResource | None = None,
        realm: str | None = None,
        fetcher: Fetcher | None = None,
        async_fetcher: AsyncFetcher | None = None,
        clock: Clock = SYSTEM_CLOCK,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted = TrustedIssuers(*issuers, clock=clock)
        checked = SenderCheck.prepare(sender, public_url=public_url, clock=clock)
        self._rules = ServiceRules(sender=checked, source=_sent_to(public_url, cookie), revoked=revoked)
        self._metadata = self._published(resource, at=public_url)
        self._realm = realm
        self._monotonic = monotonic
        blocking = BlockingFetcher() if fetcher is None else fetcher
        self._blocking: Outside = BlockingOutside(blocking, monotonic, clock)
        self._async: Outside = AsyncOutside(async_fetcher or ThreadedFetcher(blocking), monotonic, clock)
        if realm is not None:
            quote(realm)

    async def authenticate(self, facts: RequestFacts, need: Need = _ANY_TOKEN) -> Principal:
        """Return who is calling, if they may do what *need* says.

        Raises:
            DeniedError: They may not; `answer_to` says how to tell them.
            UnavailableError: It could not be found out.
        """
        return await verify(facts, need, self._trusted, self._async, rules=self._rules)

    def authenticate_sync(self, facts: RequestFacts, need: Need = _ANY_TOKEN) -> Principal:
        """Do the same as `authenticate`, without an event loop."""
        return run_blocking(verify(facts, need, self._trusted, self._blocking, rules=self._rules))

    async def authenticate_optional(self, facts: RequestFacts, need: Need = _ANY_TOKEN) -> Principal | None:
        """Return None for a request without any credentials, and treat every other as `authenticate` does.

        A bad token is refused here, too: whoever sends one wants to be somebody.
        """
        try:
            return await self.authenticate(facts, need)
        except MissingTokenError as error:
            _check_absence(error)
            return None

    def authenticate_optional_sync(self, facts: RequestFacts, need: Need = _ANY_TOKEN) -> Principal | None:
        """Do the same as `authenticate_optional`, without an event loop."""
        try:
            return self.authenticate_sync(facts, need)
        except MissingTokenError as error:
            _check_absence(error)
            return None

    def explain(self, request: RequestFacts | str, need: Need = _ANY_TOKEN) -> Explanation:
        """Say step by step what is checked of a request, or of a bearer token, and everything that is wrong with it.

        For developers, in a console or a test: it tells what no caller may be told. A DPoP proof is used up by it. It
        blocks while keys or lists are fetched.
        """
        facts = request
        if isinstance(facts, str):
            facts = RequestFacts.from_headers({"Authorization": f"Bearer {facts}"})
        return run_blocking(explain(facts, need, self._trusted, self._blocking, rules=self._rules))

    def answer_to(self, error: GuardError) -> Answer:
        """Say how to answer a request that was not let in, and log why: code and private detail."""
        level = logging.WARNING if isinstance(error, UnavailableError) else logging.INFO
        # %r: the detail may hold claims, and a line feed in one must not begin a line of the log.
        _logger.log(level, "not let in: %s (%s) %r", error.code, error, error.detail)
        return answer_to(
            error,
            realm=self._realm,
            proof_algorithms=DPOP_ALGORITHMS if self._rules.sender.takes_proofs else (),
            metadata_url=None if self._metadata is None else self._metadata.url,
            bearer=not self._rules.sender.requires_proofs,
        )

    @property
    def metadata_path(self) -> str | None:
        """Where this service publishes what it says of itself; None where it publishes nothing."""
        return None if self._metadata is None else self._metadata.path

    def document_for(self, facts: RequestFacts) -> Answer | None:
        """Return the answer to a request for what is published at `metadata_path`, or None for any other request.

        Adapters ask before they authenticate: the document is for those who have no token yet.
        """
        return None if self._metadata is None else self._metadata.answer_for(facts)

    def ages(self) -> Mapping[str, Ages]:
        """Return how old keys and status lists are, by issuer."""
        now = self._monotonic()
        return {
            url: Ages(
                keys=trust.keys.age(now),
                status_lists=trust.status_lists.age(now),
                introspection=None if trust.introspector is None else trust.introspector.age(now),
            )
            for url, trust in self._trusted.by_url.items()
        }

    def _published(self, resource: ProtectedResource | None, *, at: str | None) -> PublishedMetadata | None:
        if resource is None:
            return None
        if at is None:
            raise ValueError("resource= needs public_url=: that is what the service is called")
        return PublishedMetadata(at, resource, issuers=self._trusted.by_url, sender=self._rules.sender)


def _sent_to(public_url: str | None, cookie: TokenCookie | None) -> CookieSource | None:
    if cookie is None:
        return None
    if public_url is None:
        raise ValueError("cookie= needs public_url=: its pages are the ones that may send it")
    cookie.check_name(public_url)
    return CookieSource(cookie, parse_target(public_url).origin)


def _check_absence(error: MissingTokenError) -> None:
    # Credentials of another scheme are credentials: whoever sends them does not mean to be anonymous.
    if error.code != "missing_token":
        raise error
