"""Authorization requests that wait for a person, or for the browser that brings them (RFC 9126, `/account/sign-in`)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.server.domain.authorization_errors import InvalidRequestUriError
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.pending_requests import PENDING_SECONDS, PUSHED_SECONDS, PendingRequest
from tokensmith.server.domain.stored_secrets import SECRET_BYTES, digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork

URN: Final = "urn:ietf:params:oauth:request_uri:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The flow."""

    store: Store

    async def keep(
        self,
        client: Client,
        parameters: Mapping[str, str],
        resources: tuple[str, ...],
        *,
        browser: str | None,
        pushed: bool,
    ) -> str:
        """Let a request wait and return its name.

        Args:
            browser: The secret of the browser that came with it; None where the first that brings its name gets it.
            pushed: The client itself brought it.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        name = secrets.token_urlsafe(SECRET_BYTES)
        seconds = PUSHED_SECONDS if pushed else PENDING_SECONDS

        async def unit(uow: UnitOfWork) -> None:
            now_ms = await uow.now_ms()
            await uow.pending_requests.add(
                PendingRequest(
                    digest=digest(name),
                    client_id=client.id,
                    parameters=parameters,
                    resources=resources,
                    pushed=pushed,
                    browser_digest=None if browser is None else digest(browser),
                    created_at_ms=now_ms,
                    expires_at_ms=now_ms + seconds * MILLISECONDS,
                )
            )

        await self.store.write(unit)
        return name

    async def bring(self, request_uri: str, *, client_id: str, browser: str) -> tuple[str, PendingRequest]:
        """Give a pushed request to the browser that brings it; returns its name, too.

        Raises:
            InvalidRequestUriError: it is not known (any more), another client's, or another browser has it.
        """
        name = request_uri.removeprefix(URN)
        found = await self.store.read(lambda uow: uow.pending_requests.find(digest(name)))
        if found is None or not found.pushed or not request_uri.startswith(URN):
            raise _not_known(request_uri, code="pushed_request_unknown")
        if found.client_id != client_id:
            raise _not_known(f"{found.client_id} {client_id[:200]!r}", code="pushed_request_other_client")

        if not await self._claim(found, browser):
            raise _not_known(request_uri, code="pushed_request_other_browser")
        return name, found

    async def open(self, name: str, *, browser: str) -> PendingRequest:
        """Return a request that waits at this browser; one that has no browser yet gets this one.

        Raises:
            InvalidRequestUriError: it is over, was answered, or waits elsewhere (`request_over`).
        """
        found = await self.store.read(lambda uow: uow.pending_requests.find(digest(name)))
        if found is not None and found.browser_digest == digest(browser):
            return found
        # One that was pushed comes by `/authorize`, where its client is compared.
        if found is None or found.pushed or not await self._claim(found, browser):
            raise InvalidRequestUriError(
                "This sign-in was finished, or has waited too long.", code="request_over", detail=repr(name[:64])
            )
        return found

    async def _claim(self, found: PendingRequest, browser: str) -> bool:
        async def unit(uow: UnitOfWork) -> bool:
            until_ms = await uow.now_ms() + PENDING_SECONDS * MILLISECONDS
            return await uow.pending_requests.claim(found.digest, browser_digest=digest(browser), until_ms=until_ms)

        return await self.store.write(unit)


def _not_known(detail: str, *, code: str) -> InvalidRequestUriError:
    return InvalidRequestUriError("The pushed request is not known (any more).", code=code, detail=detail[:300])
