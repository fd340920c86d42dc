"""Connecting a device; what people see of it is in web/account/test_device.py."""

import pytest

from tests.server.fake_authorization import FakeDeviceRequests
from tests.server.flows.world import World
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.device_requests import DeviceRequest
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.flows.connect_device import MAX_DRAWS, ConnectDevice

pytestmark = pytest.mark.anyio


async def test_a_code_that_is_taken_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within bounds."""
    await world.change_client("robot", grant_types=frozenset({GrantType.DEVICE_CODE}))
    flow, client = ConnectDevice(store=world.store), await world.client("robot")
    first = await flow.begin(client, {"scope": "notes:read", "other": "x"}, ("https://r",))
    (kept,) = world.store._state.devices.values()
    assert (kept.parameters, kept.resources, kept.user_code) == (
        {"scope": "notes:read"},
        ("https://r",),
        first.user_code,
    )
    assert first.device_code.encode() not in repr(kept).encode()

    draws = 0

    async def taken(_: FakeDeviceRequests, request: DeviceRequest) -> bool:
        nonlocal draws
        draws += 1
        return False

    monkeypatch.setattr(FakeDeviceRequests, "add", taken)
    with pytest.raises(UnavailableError) as caught:
        await flow.begin(client, {}, ())
    assert (caught.value.code, draws) == ("user_codes_exhausted", MAX_DRAWS)
