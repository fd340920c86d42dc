"""Every flow and every handler, made once and joined; the one place that knows each part of the server."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from tokensmith.guard.sender import DpopVerifier
from tokensmith.guard.sender.nonces import Nonces
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock
from tokensmith.outbound.doors import AsyncOutside
from tokensmith.outbound.fetch import AsyncFetcher
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher
from tokensmith.server.flows.check_password import CheckPassword
from tokensmith.server.flows.client_credentials import ClientCredentials
from tokensmith.server.flows.client_logos import ClientLogos
from tokensmith.server.flows.connect_device import ConnectDevice
from tokensmith.server.flows.deliver_logouts import DeliverLogouts
from tokensmith.server.flows.erase_keys import EraseKeys
from tokensmith.server.flows.exchange_assertion import ExchangeAssertion
from tokensmith.server.flows.exchange_code import ExchangeCode
from tokensmith.server.flows.exchange_device import ExchangeDevice
from tokensmith.server.flows.exchange_refresh import ExchangeRefresh
from tokensmith.server.flows.exchange_token import ExchangeToken
from tokensmith.server.flows.first_tokens import FirstTokens
from tokensmith.server.flows.introspect import Introspect
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.opaque_tokens import OpaqueTokens
from tokensmith.server.flows.own_access_tokens import OwnAccessTokens
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.publish_status import PublishStatus
from tokensmith.server.flows.registered_origins import RegisteredOrigins
from tokensmith.server.flows.revoke import Revoke
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.flows.sign_answers import SignAnswers
from tokensmith.server.flows.sign_in import SignIn
from tokensmith.server.flows.sign_out import SignOut
from tokensmith.server.flows.token_request import TokenEndpoint
from tokensmith.server.flows.user_info import UserInfo
from tokensmith.server.flows.watch_status import WatchStatus
from tokensmith.server.gateways.logout_posts import LogoutPosts
from tokensmith.server.ops.counted_store import CountedStore
from tokensmith.server.ops.health import Readiness, alive
from tokensmith.server.ops.jobs import Job, JobRunner, server_jobs
from tokensmith.server.ops.metrics import Metrics, MetricsHandler
from tokensmith.server.ops.soon import Soon
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings
from tokensmith.server.web.api.first_party import FirstParty
from tokensmith.server.web.ending import Ending
from tokensmith.server.web.home import Home
from tokensmith.server.web.logos import LogoHandler
from tokensmith.server.web.oauth.device_authorization import DeviceAuthorizationHandler
from tokensmith.server.web.oauth.introspect import IntrospectHandler
from tokensmith.server.web.oauth.keys import KeysHandler
from tokensmith.server.web.oauth.metadata import MetadataHandler, metadata_handler
from tokensmith.server.web.oauth.register import REGISTER_PATH
from tokensmith.server.web.oauth.revoke import RevokeHandler
from tokensmith.server.web.oauth.status_feed import StatusFeedHandler
from tokensmith.server.web.oauth.status_list import StatusListHandler, StatusListsHandler
from tokensmith.server.web.oauth.tokens import TokenHandler
from tokensmith.server.web.oauth.userinfo import UserInfoHandler
from tokensmith.server.web.render import Pages
from tokensmith.server.web.routes import ADVERTISED, Handlers, routes
from tokensmith.server.web.source_address import Sources, parse_networks
from tokensmith.server.wiring_of_clients import ClientsWiring
from tokensmith.server.wiring_of_pages import PagesWiring, Shared

if TYPE_CHECKING:
    # It brings OpenTelemetry along, which is there only where it is asked for.
    from tokensmith.server.ops.traced import Traces


class Wiring:
    """Every flow and every handler, made once. What several of them share is an attribute."""

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        metrics: Metrics,
        *,
        clock: Clock = SYSTEM_CLOCK,
        monotonic: Callable[[], float] = time.monotonic,
        fetcher: AsyncFetcher | None = None,
        traces: "Traces | None" = None,
    ) -> None:
        self.settings = settings
        self.parts = parts
        self.metrics = metrics
        self._traces = traces
        self.store = CountedStore(traces.store(parts.store) if traces else parts.store, metrics.audited)
        self.ending = Ending()
        self.ring = KeyRing(self.store, parts.sealing, provider=parts.provider, monotonic=monotonic)
        self.answers = SignAnswers(issuer=settings.issuer, ring=self.ring)
        self.opaque = OpaqueTokens(rotation_keys=parts.sealing)
        self.mint = Mint(issuer=settings.issuer, ring=self.ring, opaque=self.opaque)
        self.fetcher = fetcher or ThreadedFetcher(BlockingFetcher())
        self.passwords = CheckPassword(
            store=self.store, hasher=parts.hasher, attempts_secret=parts.sealing.held.attempts_secret
        )
        self._first_tokens = FirstTokens(mint=self.mint, rotation_keys=parts.sealing)
        self._refresh = ExchangeRefresh(store=self.store, mint=self.mint, rotation_keys=parts.sealing)
        self.possession = self._possession(clock)
        self.sources = Sources(parse_networks(settings.trusted_proxies))
        outside = AsyncOutside(self.fetcher, monotonic, clock)
        self.clients = ClientsWiring(settings, parts, self.store, sources=self.sources, outside=outside)
        self.https = settings.issuer.startswith("https://")
        self.pages = Pages(issuer_path=settings.issuer_path)
        poster = LogoutPosts(ThreadedFetcher(BlockingFetcher()))
        self.deliver_logouts = DeliverLogouts(store=self.store, mint=self.mint, poster=poster)
        self.announce_logouts = Soon(self.deliver_logouts.run)
        self._people = PagesWiring(self._shared())

    def _possession(self, clock: Clock) -> ProvePossession:
        return ProvePossession(
            store=self.store,
            issuer=self.settings.issuer,
            alias=self.settings.certificate_alias,
            verifier=DpopVerifier(clock=clock),
            nonces=_nonces(self.parts, clock) if self.settings.dpop_nonces else None,
        )

    def _shared(self) -> Shared:
        return Shared(
            settings=self.settings,
            parts=self.parts,
            store=self.store,
            ring=self.ring,
            passwords=self.passwords,
            possession=self.possession,
            sources=self.sources,
            pages=self.pages,
            fetcher=self.fetcher,
            keys_of_clients=self.clients.keys,
            observer=self.metrics,
            announce_logouts=self.announce_logouts,
        )

    def routes(self) -> list[BaseRoute]:
        """Return the table of URLs."""
        issuer_path = self.settings.issuer_path
        table = routes(self.handlers(), issuer_path=issuer_path, https=self.https, observer=self.metrics)
        return self._traces.routes(table) if self._traces else table

    def jobs(self) -> JobRunner:
        """Return the periodic work of this process."""
        provider = self.parts.provider
        keys = RotateKeys(store=self.store, sealers=self.parts.sealing, provider=provider)
        jobs = (
            *server_jobs(self.store, keys, self.deliver_logouts.run, audit_days=self.settings.audit_days),
            Job(name="gone_keys", run=EraseKeys(store=self.store, provider=provider).run),
        )
        return JobRunner(jobs=jobs, seconds=self.settings.job_seconds, ran=self.metrics.ran_job)

    def handlers(self) -> Handlers:
        """Return one handler for each thing the server does."""
        settings, metrics = self.settings, self.metrics
        offers_sign_in = settings.offers_first_party_sign_in
        tokens = self._tokens()
        publish = PublishStatus(issuer=settings.issuer, store=self.store, ring=self.ring)
        return Handlers(
            authorize=self._people.authorize(),
            sign_in=self._people.sign_in(),
            consent=self._people.consent(),
            logout=self._people.logout(),
            device=self._people.device(),
            device_authorization=DeviceAuthorizationHandler(
                clients=self.clients.calling, devices=ConnectDevice(store=self.store), issuer=settings.issuer
            ),
            push_request=self._people.push_request(self.clients.calling),
            logo=LogoHandler(logos=ClientLogos(store=self.store)),
            pages=self.pages,
            origins=RegisteredOrigins(self.store),
            userinfo=self._user_info(),
            tokens=TokenHandler(
                clients=self.clients.calling, possession=self.possession, tokens=tokens, observer=metrics
            ),
            revoke=self._revoke(),
            introspect=self._introspect(),
            metadata=self._metadata(tokens),
            register=self.clients.register(),
            keys=KeysHandler(ring=self.ring),
            status_list=StatusListHandler(publish=publish, observer=metrics),
            status_lists=StatusListsHandler(publish=publish),
            status_feed=StatusFeedHandler(
                watch=WatchStatus(issuer=settings.issuer, store=self.store), ending=self.ending
            ),
            first_party=self._first_party() if offers_sign_in else None,
            home=Home(
                issuer=settings.issuer, issuer_path=settings.issuer_path, offers_first_party_sign_in=offers_sign_in
            ),
            alive=alive,
            ready=Readiness(store=self.store, ring=self.ring),
            metrics=MetricsHandler(metrics, sources=self.sources, networks=parse_networks(settings.metrics_from)),
        )

    def _tokens(self) -> TokenEndpoint:
        return TokenEndpoint(
            code=ExchangeCode(store=self.store, first_tokens=self._first_tokens),
            refresh=self._refresh,
            client_credentials=ClientCredentials(store=self.store, mint=self.mint),
            device=ExchangeDevice(store=self.store, first_tokens=self._first_tokens),
            assertion=ExchangeAssertion(
                store=self.store, issuer=self.settings.issuer, keys=self.clients.keys, mint=self.mint
            ),
            exchange=ExchangeToken(store=self.store, access_tokens=self._own_tokens, mint=self.mint),
        )

    def _metadata(self, tokens: TokenEndpoint) -> MetadataHandler:
        return metadata_handler(
            self.settings.issuer,
            paths=self._paths(),
            grant_types=tuple(map(str, tokens.flows)),
            client_documents=self.settings.client_documents,
            by_certificate=self.clients.by_certificate,
            alias=self.settings.certificate_alias,
        )

    def _paths(self) -> Mapping[str, str]:
        registers = self.settings.registration != "off"
        return {**ADVERTISED, **({"registration_endpoint": REGISTER_PATH} if registers else {})}

    def _user_info(self) -> UserInfoHandler:
        flow = UserInfo(
            store=self.store,
            issuer=self.settings.issuer,
            access_tokens=self._own_tokens,
            possession=self.possession,
            answers=self.answers,
        )
        return UserInfoHandler(user_info=flow, certificates=self.clients.certificates, observer=self.metrics)

    def _revoke(self) -> RevokeHandler:
        flow = Revoke(store=self.store, access_tokens=self._own_tokens, rotation_keys=self.parts.sealing)
        return RevokeHandler(clients=self.clients.calling, revoke=flow)

    def _introspect(self) -> IntrospectHandler:
        flow = Introspect(store=self.store, access_tokens=self._own_tokens, rotation_keys=self.parts.sealing)
        return IntrospectHandler(clients=self.clients.calling, introspect=flow, answers=self.answers)

    @cached_property
    def _own_tokens(self) -> OwnAccessTokens:
        # One for all who are asked about tokens, as it remembers which it has verified.
        return OwnAccessTokens(issuer=self.settings.issuer, ring=self.ring, opaque=self.opaque)

    def _first_party(self) -> FirstParty:
        parts = self.parts
        sign_in = SignIn(store=self.store, passwords=self.passwords, first_tokens=self._first_tokens)
        return FirstParty(
            sign_in=sign_in,
            refresh=self._refresh,
            sign_out=SignOut(store=self.store, rotation_keys=parts.sealing),
            client_auth=self.clients.auth,
            possession=self.possession,
            sources=self.sources,
            sign_ins=parts.sign_ins,
            observer=self.metrics,
            origin=self.settings.issuer_origin,
        )


def _nonces(parts: Parts, clock: Clock) -> Nonces:
    # The same in every process, and known to nobody else; what it is a MAC of says what it is for.
    return Nonces(parts.sealing.held.attempts_secret, clock=clock)
