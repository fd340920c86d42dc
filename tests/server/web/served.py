"""The whole application in process, over the in-memory world of the flows' tests and a client that speaks ASGI."""

from dataclasses import dataclass, field
from typing import Any

import httpx2
from opentelemetry.sdk.trace import TracerProvider

from tests.server.flows.world import ISSUER, World
from tokensmith.jose.jwk import TrustAnchors
from tokensmith.server.ops.metrics import Metrics
from tokensmith.server.ops.traces import traces_of
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings
from tokensmith.server.web.router import ExactRouter
from tokensmith.server.wiring import Wiring

FORM = {"content-type": "application/x-www-form-urlencoded"}
PEER = "192.0.2.1"


@dataclass
class Limit:
    """Lets *room* attempts of each source through."""

    room: int = 1000
    hits: dict[str, int] = field(default_factory=dict)

    async def hit(self, source: str) -> int:
        self.hits[source] = self.hits.get(source, 0) + 1
        return 7 if self.hits[source] > self.room else 0


class Served:
    """A served world: `world` behind it, `http` in front."""

    def __init__(
        self,
        world: World,
        *,
        provider: TracerProvider | None = None,
        authorities: TrustAnchors | None = None,
        **changes: Any,
    ) -> None:
        self.world = world
        self.settings = Settings(**{"issuer": ISSUER, "first_party_sign_in": "on"} | changes)
        self.sign_ins, self.client_failures = Limit(), Limit()
        parts = Parts(
            store=world.store,
            sealing=world.sealing,
            provider=world.provider,
            hasher=world.hasher,
            sign_ins=self.sign_ins,
            client_failures=self.client_failures,
            authorities=authorities,
        )
        self.metrics = Metrics()
        self.fetcher = world.network
        traces = traces_of(provider, self.settings) if provider else None
        self.wiring = Wiring(
            self.settings,
            parts,
            self.metrics,
            clock=world,
            monotonic=lambda: world.seconds,
            fetcher=self.fetcher,
            traces=traces,
        )
        self.app = ExactRouter()
        self.app.serve(self.wiring.routes())

    def http(self, *, peer: str = PEER) -> httpx2.AsyncClient:
        """A client at an address; cookies are kept."""
        transport = httpx2.ASGITransport(app=self.app, client=(peer, 4711))
        return httpx2.AsyncClient(transport=transport, base_url=self.settings.issuer_origin)

    async def post_form(self, path: str, body: str | dict[str, str], **headers: str) -> httpx2.Response:
        """A form, as it stands or to be encoded."""
        async with self.http() as client:
            if isinstance(body, dict):
                return await client.post(path, data=body, headers=headers)
            return await client.post(path, content=body.encode(), headers={**FORM, **headers})

    async def post_json(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """A JSON body; bytes are sent as they are."""
        async with self.http() as client:
            if isinstance(body, bytes):
                return await client.post(path, content=body, headers={"content-type": "application/json", **headers})
            return await client.post(path, json=body, headers=headers)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        async with self.http() as client:
            return await client.get(path, headers=headers)

    def refused(self, code: str) -> float:
        """How often something was refused for this cause, which the answer itself does not tell."""
        metrics = self.metrics.registry.collect()
        samples = (sample for metric in metrics for sample in metric.samples)
        return sum(sample.value for sample in samples if sample.labels.get("code") == code and "_total" in sample.name)

    def basic(self, client_id: str) -> dict[str, str]:
        """The fields of a client that authenticates in the form."""
        return {"client_id": client_id, "client_secret": self.world.secrets[client_id]}
