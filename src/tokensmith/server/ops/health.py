"""`/healthz` and `/readyz`: is the process alive, and can it do its work.

Alive asks nobody: a process that is restarted because its database is down would be no better off afterwards.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.errors import ServerError
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.web.responses import json_response

ANSWER_SECONDS: Final = 2.0


async def alive(_: Request) -> Response:
    """Say that the process answers."""
    return json_response({"status": "ok"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The handler of `/readyz`."""

    store: Store
    ring: KeyRing
    answer_seconds: float = ANSWER_SECONDS

    async def __call__(self, _: Request) -> Response:
        """Answer 200 where tokens can be issued now, 503 with what is missing where not."""
        checks: dict[str, JsonValue] = {
            "database": await self._database(),
            **{f"signing_key_{alg}": await self._signing_key(alg) for alg in SIGNING_ALGS},
        }
        ready = all(outcome == "ok" for outcome in checks.values())
        members: dict[str, JsonValue] = {"status": "ok" if ready else "unavailable", "checks": checks}
        return json_response(members, status=200 if ready else 503)

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(self.answer_seconds):
                await self.store.read(lambda uow: uow.now_ms())
        except (ServerError, TimeoutError):
            return "unreachable"
        return "ok"

    async def _signing_key(self, alg: str) -> str:
        try:
            async with asyncio.timeout(self.answer_seconds):
                await self.ring.signing_key(alg)
                await self.ring.ready()
        except (ServerError, TimeoutError):
            return "missing"
        return "ok"
