"""`GET /.well-known/jwks.json`: the public keys (RFC 7517 §5)."""

from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import encode
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS
from tokensmith.server.flows.key_ring import KeyRing, KeySnapshot
from tokensmith.server.web.cached import cached_response, entity_tag

JWKS_TYPE: Final = "application/jwk-set+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysHandler:
    """The handler."""

    ring: KeyRing
    _written: dict[KeySnapshot, tuple[bytes, str]] = field(default_factory=dict, repr=False)

    async def __call__(self, request: Request) -> Response:
        """Answer with every key that is published, active or still needed to verify; never a private member.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        body, etag = self._document(await self.ring.snapshot())
        # A key signs no earlier than this long after it was published, so nobody who keeps to max-age misses it.
        return cached_response(request, body, media_type=JWKS_TYPE, etag=etag, max_age=JWKS_MAX_AGE_SECONDS)

    def _document(self, snapshot: KeySnapshot) -> tuple[bytes, str]:
        # Written once for each reading of the keys, however often it is asked for.
        written = self._written.get(snapshot)
        if written is None:
            body = encode(snapshot.public.to_jwks())
            self._written.clear()
            written = self._written[snapshot] = body, entity_tag(body)
        return written
