"""The pages for people, made once and joined."""

from collections.abc import Callable
from dataclasses import dataclass

from tokensmith.outbound.fetch import AsyncFetcher
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.authorization_request import ReadAuthorizationRequest
from tokensmith.server.flows.authorize import Authorize
from tokensmith.server.flows.browser_sessions import BrowserSessions, SessionRules
from tokensmith.server.flows.check_password import CheckPassword
from tokensmith.server.flows.client_documents import ClientDocuments
from tokensmith.server.flows.connect_device import ConnectDevice
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.keys_of_clients import KeysOfClients
from tokensmith.server.flows.own_id_tokens import OwnIdTokens
from tokensmith.server.flows.pending import Pending
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.push_request import PushRequest
from tokensmith.server.flows.request_objects import RequestObjects
from tokensmith.server.flows.sign_out_request import ReadSignOutRequest
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings
from tokensmith.server.web.account.consent import ConsentPage
from tokensmith.server.web.account.device import DevicePages
from tokensmith.server.web.account.sign_in import SignInPage
from tokensmith.server.web.account.sign_in_form import SignInForm
from tokensmith.server.web.account.waiting_request import WaitingRequests
from tokensmith.server.web.browser import BrowserCookies
from tokensmith.server.web.oauth.authorize import AuthorizeHandler
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.oauth.logout import LogoutHandler
from tokensmith.server.web.oauth.push_request import PushRequestHandler
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.render import Pages
from tokensmith.server.web.source_address import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the pages have in common with everything else."""

    settings: Settings
    parts: Parts
    store: Store
    ring: KeyRing
    passwords: CheckPassword
    possession: ProvePossession
    sources: Sources
    pages: Pages
    fetcher: AsyncFetcher
    keys_of_clients: KeysOfClients
    observer: Observer
    announce_logouts: Callable[[], None]


class PagesWiring:
    """The pages where people sign in and say yes or no, and the requests that lead there."""

    def __init__(self, shared: Shared) -> None:
        settings = shared.settings
        self._shared = shared
        documents = ClientDocuments(store=shared.store, fetcher=shared.fetcher)
        objects = RequestObjects(store=shared.store, issuer=settings.issuer, keys=shared.keys_of_clients)
        self._read = ReadAuthorizationRequest(
            store=shared.store, objects=objects, documents=documents if settings.client_documents else None
        )
        self._pending = Pending(store=shared.store)
        self._cookies = BrowserCookies(https=settings.issuer.startswith("https://"))
        self._sessions = BrowserSessions(
            store=shared.store,
            passwords=shared.passwords,
            rules=SessionRules(idle=settings.session_idle_seconds, absolute=settings.session_seconds),
        )
        self._id_tokens = OwnIdTokens(issuer=settings.issuer, ring=shared.ring)
        self._authorize = Authorize(
            store=shared.store, issuer=settings.issuer, sessions=self._sessions, id_tokens=self._id_tokens
        )
        self._form = SignInForm(
            pages=shared.pages,
            cookies=self._cookies,
            sessions=self._sessions,
            sign_ins=shared.parts.sign_ins,
            sources=shared.sources,
            observer=shared.observer,
        )
        self._waiting = WaitingRequests(
            read=self._read,
            authorize=self._authorize,
            pending=self._pending,
            cookies=self._cookies,
            pages=shared.pages,
            sources=shared.sources,
        )

    def authorize(self) -> AuthorizeHandler:
        """Return `/authorize`."""
        return AuthorizeHandler(
            read=self._read,
            authorize=self._authorize,
            pending=self._pending,
            cookies=self._cookies,
            pages=self._shared.pages,
            sources=self._shared.sources,
        )

    def sign_in(self) -> SignInPage:
        """Return `/account/sign-in`."""
        return SignInPage(waiting=self._waiting, form=self._form, origin=self._shared.settings.issuer_origin)

    def device(self) -> DevicePages:
        """Return `/device` and what is behind it."""
        return DevicePages(
            devices=ConnectDevice(store=self._shared.store),
            form=self._form,
            origin=self._shared.settings.issuer_origin,
        )

    def consent(self) -> ConsentPage:
        """Return `/account/consent`."""
        return ConsentPage(waiting=self._waiting, origin=self._shared.settings.issuer_origin)

    def logout(self) -> LogoutHandler:
        """Return `/logout`."""
        return LogoutHandler(
            read=ReadSignOutRequest(store=self._shared.store, id_tokens=self._id_tokens),
            sessions=self._sessions,
            cookies=self._cookies,
            pages=self._shared.pages,
            sources=self._shared.sources,
            origin=self._shared.settings.issuer_origin,
            announce=self._shared.announce_logouts,
        )

    def push_request(self, clients: CallingClients) -> PushRequestHandler:
        """Return `/par`, whose requests end at the pages."""
        return PushRequestHandler(
            clients=clients,
            possession=self._shared.possession,
            push=PushRequest(read=self._read, pending=self._pending),
        )
