"""A device asks to be connected, and a person says yes or no to it (RFC 8628 §3.1 to §3.3)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.authorization_codes import CODE_SECONDS
from tokensmith.server.domain.authorization_details import InvalidAuthorizationDetailsError
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.device_requests import (
    DEVICE_SECONDS,
    INTERVAL_SECONDS,
    DeviceRequest,
    new_user_code,
    normal_user_code,
)
from tokensmith.server.domain.errors import InvalidRequestError, UnauthorizedClientError, UnavailableError
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId, random_id
from tokensmith.server.domain.scopes import asked_scopes
from tokensmith.server.domain.stored_secrets import SECRET_BYTES, digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.browser_sessions import SignedIn
from tokensmith.server.flows.wanted_access import WantedAccess, wanted_access

# Codes are drawn among 25,000,000,000; more draws than this in a row that were taken mean that something is wrong.
MAX_DRAWS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodes:
    """What a device gets (RFC 8628 §3.2), in seconds."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int

    def __repr__(self) -> str:
        return "<DeviceCodes>"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDevice:
    """A device that waits, and the client it runs."""

    request: DeviceRequest
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectDevice:
    """The flow."""

    store: Store

    async def begin(self, client: Client, parameters: Mapping[str, str], resources: tuple[str, ...]) -> DeviceCodes:
        """Let a device wait.

        Raises:
            UnauthorizedClientError: the client is not for devices.
            InvalidScopeError: the scope is malformed.
            InvalidAuthorizationDetailsError: more than scopes is asked for; the page for devices shows no more.
            UnavailableError: the database cannot be reached.
        """
        if GrantType.DEVICE_CODE not in client.grant_types:
            raise UnauthorizedClientError("This client connects no devices.", detail=client.id)
        if "authorization_details" in parameters:
            text = "authorization_details is not for devices."
            raise InvalidAuthorizationDetailsError(text, code="details_grant", detail=client.id)
        asked_scopes(parameters.get("scope"))
        kept = {name: parameters[name] for name in ("scope",) if name in parameters}
        for _ in range(MAX_DRAWS):
            device_code, user_code = secrets.token_urlsafe(SECRET_BYTES), new_user_code()
            if await self._add(client, digest(device_code), user_code, kept, resources):
                return DeviceCodes(
                    device_code=device_code,
                    user_code=user_code,
                    expires_in=DEVICE_SECONDS,
                    interval=INTERVAL_SECONDS,
                )
        raise UnavailableError("No code is free.", code="user_codes_exhausted")

    async def _add(
        self, client: Client, code_digest: bytes, user_code: str, kept: dict[str, str], resources: tuple[str, ...]
    ) -> bool:
        async def unit(uow: UnitOfWork) -> bool:
            now_ms = await uow.now_ms()
            return await uow.device_requests.add(
                DeviceRequest(
                    digest=code_digest,
                    user_code=user_code,
                    client_id=client.id,
                    parameters=kept,
                    resources=resources,
                    interval_seconds=INTERVAL_SECONDS,
                    next_poll_ms=now_ms,
                    expires_at_ms=now_ms + DEVICE_SECONDS * MILLISECONDS,
                )
            )

        return await self.store.write(unit)

    async def find(self, text: str) -> WaitingDevice:
        """Return the device whose code somebody typed.

        Raises:
            InvalidRequestError: there is none, it is over or answered, or its client is switched off
                (`user_code_unknown`).
        """
        code = normal_user_code(text)

        async def unit(uow: UnitOfWork) -> WaitingDevice | None:
            request = await uow.device_requests.find_by_user_code(code or "")
            client = await uow.clients.find(request.client_id) if request else None
            return WaitingDevice(request=request, client=client) if request and client else None

        found = await self.store.read(unit)
        if found is None or found.client.disabled:
            raise _unknown()
        return found

    async def wanted(self, device: WaitingDevice, who: SignedIn) -> WantedAccess:
        """Return what this person would allow it.

        Raises:
            InvalidTargetError, InvalidScopeError: nothing of what it asks for can be had.
        """
        scopes = asked_scopes(device.request.parameters.get("scope"))
        return await self.store.read(
            lambda uow: wanted_access(uow, device.client, who.user, scopes=scopes, named=device.request.resources)
        )

    async def allow(self, device: WaitingDevice, access: WantedAccess, who: SignedIn, *, source: str) -> None:
        """The person says yes.

        Raises:
            InvalidRequestError: somebody has answered it already, or it is over (`user_code_unknown`).
        """
        grant_id, digest_ = GrantId(random_id()), device.request.digest

        async def unit(uow: UnitOfWork) -> None:
            grant = _grant(device, who, grant_id, now_ms=await uow.now_ms())
            await uow.grants.add(grant, audiences=access.scopes)
            if not await uow.device_requests.answer(digest_, grant_id=grant_id, resource_id=access.first):
                raise _unknown()
            event = AuditEvent(
                name=AuditName.CONSENT_GIVEN,
                user_id=who.user.id,
                client_id=device.client.id,
                grant_id=grant_id,
                source=source,
                details={"by": "device"},
            )
            await uow.audit.record(event)

        await self.store.write(unit)

    async def refuse(self, device: WaitingDevice, who: SignedIn, *, source: str) -> None:
        """The person says no; one that was answered meanwhile stays as it is."""
        event = AuditEvent(
            name=AuditName.CONSENT_REFUSED, user_id=who.user.id, client_id=device.client.id, source=source
        )

        async def unit(uow: UnitOfWork) -> None:
            await uow.device_requests.answer(device.request.digest, grant_id=None, resource_id=None)
            await uow.audit.record(event)

        await self.store.write(unit)


def _grant(device: WaitingDevice, who: SignedIn, grant_id: GrantId, *, now_ms: int) -> Grant:
    return Grant(
        id=grant_id,
        client_id=device.client.id,
        user_id=who.user.id,
        # Of no browser session: whoever signs out at the desk does not mean the television.
        session_id=None,
        created_at_ms=now_ms,
        ended_at_ms=None,
        signed_in_at_ms=who.session.signed_in_at_ms,
        amr=who.session.amr,
        offline=True,
        # A device that asks at its interval has long fetched its tokens by then.
        expires_at_ms=max(device.request.expires_at_ms, now_ms + CODE_SECONDS * MILLISECONDS),
    )


def _unknown() -> InvalidRequestError:
    return InvalidRequestError("No device waits with this code.", code="user_code_unknown")
