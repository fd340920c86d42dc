"""Device code → tokens; the whole of it is in web/account/test_device.py."""

import pytest

from tests.server.flows.world import NOTES, READ, World
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import SessionId
from tokensmith.server.domain.sessions import Session
from tokensmith.server.flows.browser_sessions import SignedIn
from tokensmith.server.flows.connect_device import ConnectDevice

pytestmark = pytest.mark.anyio


async def test_a_code_is_its_clients_alone(world: World) -> None:
    """Another client learns no more than that it is not one of its own; and an account that is off gives nothing."""
    for name in ("robot", "watcher"):
        await world.change_client(name, grant_types=frozenset({GrantType.DEVICE_CODE}))
    await world.clients.allow("robot", audience=NOTES, scopes=frozenset({READ}))
    flow, client = ConnectDevice(store=world.store), await world.client("robot")
    codes = await flow.begin(client, {}, (NOTES,))
    with pytest.raises(InvalidGrantError) as caught:
        await world.exchange_device.run(
            await world.client("watcher"), codes.device_code, source="s", key_thumbprint=None
        )
    assert caught.value.code == "device_code_unknown"

    user = (await world.passwords.run("ada", "correct horse", source="s")).user
    session = Session(id=SessionId("s"), user_id=user.id, amr=("pwd",), signed_in_at_ms=1, ended_at_ms=None)
    who = SignedIn(session=session, user=user, now_ms=world.store.now_ms)
    device = await flow.find(codes.user_code)
    await flow.allow(device, await flow.wanted(device, who), who, source="s")
    state = world.store._state
    state.users[user.id] = type(user)(**{**{f: getattr(user, f) for f in user.__slots__}, "disabled": True})
    with pytest.raises(InvalidGrantError) as caught:
        await world.exchange_device.run(client, codes.device_code, source="s", key_thumbprint=None)
    assert caught.value.code == "device_signed_out"
