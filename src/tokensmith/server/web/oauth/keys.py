"""`GET /.well-known/jwks.json`: the public keys (RFC 7517 §5)."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import encode
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.web.cached import cached_response, entity_tag

JWKS_TYPE: Final = "application/jwk-set+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysHandler:
    """The handler."""

    ring: KeyRing

    async def __call__(self, request: Request) -> Response:
        """Answer with every key that is published, active or still needed to verify; never a private member.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        body = encode((await self.ring.snapshot()).public.to_jwks())
        # A key signs no earlier than this long after it was published, so nobody who keeps to max-age misses it.
        return cached_response(request, body, media_type=JWKS_TYPE, etag=entity_tag(body), max_age=JWKS_MAX_AGE_SECONDS)
