"""The composition root: settings in, an ASGI application out; the one place that knows every part of the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp

from tokensmith.guard.sender import DpopVerifier
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock
from tokensmith.server.flows.client_auth import ClientAuth
from tokensmith.server.flows.client_credentials import ClientCredentials
from tokensmith.server.flows.exchange_refresh import ExchangeRefresh
from tokensmith.server.flows.introspect import Introspect
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.own_access_tokens import OwnAccessTokens
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.publish_status import PublishStatus
from tokensmith.server.flows.revoke import Revoke
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.flows.sign_in import SignIn
from tokensmith.server.flows.sign_out import SignOut
from tokensmith.server.flows.token_request import TokenEndpoint
from tokensmith.server.flows.watch_status import WatchStatus
from tokensmith.server.ops.counted_store import CountedStore
from tokensmith.server.ops.health import Readiness, alive
from tokensmith.server.ops.jobs import JobRunner, server_jobs
from tokensmith.server.ops.metrics import Metrics, MetricsHandler
from tokensmith.server.parts import Parts, opened_parts
from tokensmith.server.settings import Settings
from tokensmith.server.web.api.first_party import FirstParty
from tokensmith.server.web.ending import ENDING, Ending
from tokensmith.server.web.home import Home
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.oauth.introspect import IntrospectHandler
from tokensmith.server.web.oauth.keys import KeysHandler
from tokensmith.server.web.oauth.metadata import metadata_handler
from tokensmith.server.web.oauth.revoke import RevokeHandler
from tokensmith.server.web.oauth.status_feed import StatusFeedHandler
from tokensmith.server.web.oauth.status_list import StatusListHandler, StatusListsHandler
from tokensmith.server.web.oauth.tokens import TokenHandler
from tokensmith.server.web.routes import ADVERTISED, Handlers, routes
from tokensmith.server.web.source_address import Sources, parse_networks
from tokensmith.server.web.throttle import FailureThrottle


def create_app(settings: Settings, *, prepared: bool = False) -> ASGIApp:
    """Return the token server as an ASGI application.

    Nothing is opened before its lifespan starts, so it may be made in one process and run in another.

    Args:
        prepared: The database is ready (see `prepare`), as `tokensmith serve` has seen to; otherwise the lifespan does
            that first.
    """

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[dict[str, Ending]]:
        if not prepared:
            # Here and not above: it brings Alembic along, which workers whose database is ready do without.
            from tokensmith.server.preparation import prepare  # noqa: PLC0415

            await prepare(settings)
        async with opened_parts(settings) as parts:
            wiring = Wiring(settings, parts, Metrics())
            router.routes = wiring.routes()
            jobs = asyncio.create_task(wiring.jobs().run())
            try:
                yield {ENDING: wiring.ending}
            finally:
                jobs.cancel()
                with suppress(asyncio.CancelledError):
                    await jobs

    router = Router(lifespan=lifespan, redirect_slashes=False)
    return router


class Wiring:
    """Every flow and every handler, made once. What several of them share is an attribute."""

    def __init__(self, settings: Settings, parts: Parts, metrics: Metrics, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._settings = settings
        self._parts = parts
        self._metrics = metrics
        self.store = CountedStore(parts.store, metrics.audited)
        self.ending = Ending()
        self.ring = KeyRing(self.store, parts.sealing)
        self._mint = Mint(issuer=settings.issuer, ring=self.ring)
        self._client_auth = ClientAuth(store=self.store)
        self._refresh = ExchangeRefresh(store=self.store, mint=self._mint, rotation_keys=parts.sealing)
        self._possession = ProvePossession(store=self.store, issuer=settings.issuer, verifier=DpopVerifier(clock=clock))
        self._sources = Sources(parse_networks(settings.trusted_proxies))
        failures = FailureThrottle(parts.client_failures)
        self._clients = CallingClients(client_auth=self._client_auth, sources=self._sources, failures=failures)

    def routes(self) -> list[BaseRoute]:
        """Return the table of URLs."""
        settings = self._settings
        https = settings.issuer.startswith("https://")
        return routes(self.handlers(), issuer_path=settings.issuer_path, https=https, observer=self._metrics)

    def jobs(self) -> JobRunner:
        """Return the periodic work of this process."""
        keys = RotateKeys(store=self.store, sealers=self._parts.sealing)
        jobs = server_jobs(self.store, keys)
        return JobRunner(jobs=jobs, seconds=self._settings.job_seconds, ran=self._metrics.ran_job)

    def handlers(self) -> Handlers:
        """Return one handler for each thing the server does."""
        settings, metrics = self._settings, self._metrics
        offers_sign_in = settings.offers_first_party_sign_in
        tokens = TokenEndpoint(
            refresh=self._refresh, client_credentials=ClientCredentials(store=self.store, mint=self._mint)
        )
        publish = PublishStatus(issuer=settings.issuer, store=self.store, ring=self.ring)
        networks = parse_networks(settings.metrics_from)
        return Handlers(
            tokens=TokenHandler(clients=self._clients, possession=self._possession, tokens=tokens, observer=metrics),
            revoke=self._revoke(),
            introspect=self._introspect(),
            metadata=metadata_handler(settings.issuer, paths=ADVERTISED, grant_types=tuple(map(str, tokens.flows))),
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
            metrics=MetricsHandler(metrics, sources=self._sources, networks=networks),
        )

    def _revoke(self) -> RevokeHandler:
        flow = Revoke(store=self.store, access_tokens=self._own_tokens(), rotation_keys=self._parts.sealing)
        return RevokeHandler(clients=self._clients, revoke=flow)

    def _introspect(self) -> IntrospectHandler:
        flow = Introspect(store=self.store, access_tokens=self._own_tokens(), rotation_keys=self._parts.sealing)
        return IntrospectHandler(clients=self._clients, introspect=flow)

    def _own_tokens(self) -> OwnAccessTokens:
        return OwnAccessTokens(issuer=self._settings.issuer, ring=self.ring)

    def _first_party(self) -> FirstParty:
        parts = self._parts
        sign_in = SignIn(
            store=self.store,
            hasher=parts.hasher,
            mint=self._mint,
            rotation_keys=parts.sealing,
            attempts_secret=parts.sealing.held.attempts_secret,
        )
        return FirstParty(
            sign_in=sign_in,
            refresh=self._refresh,
            sign_out=SignOut(store=self.store, rotation_keys=parts.sealing),
            client_auth=self._client_auth,
            possession=self._possession,
            sources=self._sources,
            sign_ins=parts.sign_ins,
            observer=self._metrics,
            origin=self._settings.issuer_origin,
        )
