"""Signing in on another device: a code to type there, and patience here (RFC 8628)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from tokensmith.client.authorization_server import AuthorizationServer, check_done, not_offered
from tokensmith.client.errors import RefusedError, ServerUnavailableError, SignInAgainError
from tokensmith.client.grants import DeviceCode, present
from tokensmith.client.token_answer import TokenAnswer, read_object, unusable
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.outside import Outside

Pause = Callable[[float], Awaitable[None]]

_USUAL_INTERVAL_SECONDS: Final = 5.0
_SLOWER_SECONDS: Final = 5.0
_MAX_INTERVAL_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLogin:
    """What to show to the person who signs in.

    Attributes:
        user_code: What they type.
        verification_uri: Where they type it, short enough to read out.
        verification_uri_complete: The same with the code in it, for a QR code; they compare it still.
        expires_in: Seconds in which it is good.
        interval: Seconds between two questions whether they did.
        started_at: When it began, in seconds of the clock that ages are measured with.
        device_code: What this program asks with.
    """

    user_code: str
    verification_uri: str
    verification_uri_complete: str | None
    expires_in: float
    interval: float
    started_at: float
    device_code: str = field(repr=False)


async def start_device(
    server: AuthorizationServer, outside: Outside, *, scope: str | None, resource: str | None
) -> DeviceLogin:
    """Begin a sign-in on another device.

    Raises:
        ClientError: The server does not offer it ("not_offered"), or as `AuthorizationServer.ask`.
    """
    endpoint = (await server.endpoints(outside)).device
    if endpoint is None:
        raise not_offered("sign-in on another device")
    started = outside.monotonic()
    answer = await server.post(endpoint, present([("scope", scope), ("resource", resource)]), outside)
    check_done(answer)
    members = read_object(answer)
    match members:
        case {
            "device_code": str(device_code),
            "user_code": str(user_code),
            "verification_uri": str(verification_uri),
            "expires_in": int() | float() as expires_in,
        }:
            complete = members.get("verification_uri_complete")
            return DeviceLogin(
                user_code=user_code,
                verification_uri=verification_uri,
                verification_uri_complete=complete if isinstance(complete, str) else None,
                expires_in=float(expires_in),
                interval=_interval(members.get("interval")),
                started_at=started,
                device_code=device_code,
            )
    raise unusable("no answer of a device authorization endpoint")


async def wait_for_device(
    login: DeviceLogin, server: AuthorizationServer, outside: Outside, *, pause: Pause
) -> TokenAnswer:
    """Ask until the person has signed in, as slowly as the server wants (RFC 8628 §3.5).

    Raises:
        SignInAgainError: They said no, or the code ended first.
        ClientError: As `AuthorizationServer.ask`; not for a server that cannot be reached for a while.
    """
    interval = login.interval
    while outside.monotonic() + interval < login.started_at + login.expires_in:
        await pause(interval)
        try:
            return await server.ask(DeviceCode(login.device_code), outside)
        except ServerUnavailableError:
            # A time-out says that we ask too often, if nothing else.
            interval = min(2 * interval, _MAX_INTERVAL_SECONDS)
        except RefusedError as error:
            if error.error == "slow_down":
                interval += _SLOWER_SECONDS
            elif error.error != "authorization_pending":
                raise
    raise SignInAgainError("The code was not confirmed in time.", code="grant_over", error="expired_token")


def _interval(value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _MAX_INTERVAL_SECONDS:
        return _USUAL_INTERVAL_SECONDS
    return float(value)
