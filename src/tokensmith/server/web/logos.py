"""`GET /logos/{digest}`: pictures of programs, from here, so that pages load nothing of others (RFC 9700 §4.2.4)."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import NotFoundError
from tokensmith.server.flows.client_logos import ClientLogos
from tokensmith.server.web.cached import cached_response

LOGOS_PATH: Final = "/logos"
# The name is the digest: what it names never changes.
_MAX_AGE_SECONDS: Final = 365 * 24 * 3600
_DIGEST_CHARACTERS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoHandler:
    """The handler."""

    logos: ClientLogos

    async def __call__(self, request: Request) -> Response:
        """Answer with a picture.

        Raises:
            NotFoundError: there is none of this name.
            UnavailableError: the database cannot be reached.
        """
        digest: str = request.path_params["digest"]
        logo = await self.logos.find(digest) if len(digest) == _DIGEST_CHARACTERS else None
        if logo is None:
            raise NotFoundError("There is nothing here.", code="unknown_logo")
        return cached_response(
            request, logo.body, media_type=logo.media_type, etag=f'"{logo.digest}"', max_age=_MAX_AGE_SECONDS
        )


def logo_url(client: Client, *, issuer_path: str) -> str | None:
    """Return where a client's picture is; None for one without."""
    digest = client.registration.logo
    return None if digest is None else f"{issuer_path}{LOGOS_PATH}/{digest}"
