"""`POST /device_authorization` (RFC 8628 §3.1): a device asks to be connected."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.device_requests import shown_user_code
from tokensmith.server.flows.connect_device import ConnectDevice
from tokensmith.server.web.oauth.calling_client import CallingClients
from tokensmith.server.web.responses import json_response

DEVICE_PATH: Final = "/device"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAuthorizationHandler:
    """The handler."""

    clients: CallingClients
    devices: ConnectDevice
    issuer: str

    async def __call__(self, request: Request) -> Response:
        """Give a device its codes.

        Raises:
            OAuthError: see `CallingClients.read` and `ConnectDevice.begin`.
        """
        call = await self.clients.read(request)
        codes = await self.devices.begin(call.client, call.form.values, call.form.resources)
        page, shown = self.issuer + DEVICE_PATH, shown_user_code(codes.user_code)
        members: dict[str, JsonValue] = {
            "device_code": codes.device_code,
            "user_code": shown,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={shown}",
            "expires_in": codes.expires_in,
            "interval": codes.interval,
        }
        return json_response(members)
