"""Connecting a device (P85): what its client is told, and what the person sees."""

from typing import Any

import httpx2
import pytest

from tests.server.flows.world import NOTES, READ
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.client.proof_key import ProofKey
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Device:
    """A television."""

    def __init__(self, served: Served, codes: dict[str, Any]) -> None:
        self.served, self.codes = served, codes

    async def ask(self, **headers: str) -> httpx2.Response:
        """Ask for its tokens."""
        form = {"grant_type": GRANT, "client_id": "tv", "device_code": self.codes["device_code"]}
        return await self.served.post_form("/token", form, **headers)

    async def told(self) -> str:
        error: str = (await self.ask()).json()["error"]
        return error


async def plug_in(served: Served, **parameters: str) -> Device:
    answer = await served.post_form("/device_authorization", {"client_id": "tv", "scope": READ, **parameters})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return Device(served, answer.json())


@pytest.fixture
async def visitor(served: Served) -> Visitor:
    await served.world.make_web_client("tv", confidential=False)
    grants = frozenset({GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN})
    await served.world.change_client("tv", grant_types=grants, registration=Registration())
    return Visitor(served)


async def open_device(visitor: Visitor, device: Device) -> Visitor:
    await visitor.go("/device")
    return await visitor.submit(user_code=device.codes["user_code"].lower().replace("-", " "))


async def test_a_person_connects_a_device(visitor: Visitor) -> None:
    """RFC 8628: code, sign-in, whose code it is and what it gets, yes; then the tokens, once."""
    device = await plug_in(visitor.served)
    assert device.codes["verification_uri"] == "https://id.example/device"
    assert device.codes["verification_uri_complete"].endswith(f"?user_code={device.codes['user_code']}")
    assert (device.codes["expires_in"], device.codes["interval"]) == (600, 5)
    assert await device.told() == "authorization_pending"
    await open_device(visitor, device)
    assert visitor.title == "/device/sign-in"
    await visitor.sign_in()
    assert visitor.title == "/device/confirm"
    text = " ".join(visitor.page.text.split())
    assert device.codes["user_code"] in text
    assert f"The Tv App would like to: {READ} at {NOTES}" in text
    assert "nobody has sent it to you" in text
    await visitor.allow()
    assert "Your device is connected" in visitor.page.text
    visitor.served.world.pass_time(5)
    answer = (await device.ask()).json()
    assert (answer["token_type"], answer["scope"]) == ("Bearer", READ)
    assert "refresh_token" in answer
    assert (await device.ask()).json()["error"] == "invalid_grant"
    assert visitor.served.refused("device_code_unknown") == 1
    assert (await visitor.served.world.audited())[-1] == "device_connected"


async def test_a_device_that_asks_too_often_slows_down(visitor: Visitor) -> None:
    """RFC 8628 §3.5: by five seconds, for good."""
    device, world = await plug_in(visitor.served), visitor.served.world
    told = [await device.told()]
    for seconds in (4.999, 9.999, 15.0, 14.999, 20.0):
        world.pass_time(seconds)
        told.append(await device.told())

    assert told == [
        "authorization_pending",
        "slow_down",
        "slow_down",
        "authorization_pending",
        "slow_down",
        "authorization_pending",
    ]


async def test_a_no_is_told(visitor: Visitor) -> None:
    device = await plug_in(visitor.served)
    await open_device(visitor, device)
    await visitor.sign_in()
    await visitor.submit(decision="deny")

    assert "Not connected" in visitor.page.text
    assert await device.told() == "access_denied"


async def test_a_code_is_over_after_ten_minutes(visitor: Visitor) -> None:
    device = await plug_in(visitor.served)
    visitor.served.world.pass_time(600)
    assert await device.told() == "expired_token"
    await open_device(visitor, device)

    assert visitor.status == 400
    assert "has expired" in visitor.page.text


@pytest.mark.parametrize("typed", ["BBBB-BBBB", "nonsense", "<b>"])
async def test_a_wrong_code_is_asked_for_again(visitor: Visitor, typed: str) -> None:
    await visitor.go("/device")
    await visitor.submit(user_code=typed)

    assert visitor.status == 400
    assert "That code is not known" in visitor.page.text
    assert visitor.page.fields["user_code"] == typed
    assert "<b>" not in visitor.response.text
    assert visitor.served.refused("user_code_unknown") == 1


async def test_codes_are_not_to_be_guessed(visitor: Visitor) -> None:
    """RFC 8628 §5.1: each try counts, right or wrong."""
    visitor.served.sign_ins.room = 2
    device = await plug_in(visitor.served)
    for _ in range(2):
        await visitor.go("/device")
        await visitor.submit(user_code="BBBBBBBB")
    await open_device(visitor, device)

    assert visitor.status == 429


async def test_a_link_alone_connects_nothing(visitor: Visitor) -> None:
    """RFC 8628 §5.4, RFC 10027: the code stands in the form, and everything else is still asked."""
    device = await plug_in(visitor.served)
    await visitor.go(device.codes["verification_uri_complete"])
    assert visitor.page.fields["user_code"] == device.codes["user_code"]
    await visitor.submit()
    await visitor.sign_in()
    assert visitor.title == "/device/confirm"
    assert await device.told() == "authorization_pending"


async def test_the_forms_are_ours(visitor: Visitor) -> None:
    """P24: on each of the three pages."""
    device = await plug_in(visitor.served)
    code = device.codes["user_code"]
    for path in ("/device", f"/device/sign-in?user_code={code}", f"/device/confirm?user_code={code}"):
        answer = await visitor.http.post(path, data={"user_code": code, "decision": "allow"})
        assert answer.status_code == 403


async def test_a_yes_needs_somebody_who_is_signed_in(visitor: Visitor) -> None:
    device = await plug_in(visitor.served)
    await open_device(visitor, device)
    await visitor.go(f"/device/confirm?user_code={device.codes['user_code']}")
    assert visitor.title == "/device/sign-in"
    await visitor.sign_in("ada", "wrong")
    assert visitor.status == 401
    await visitor.sign_in()
    page = visitor.page
    await visitor.served.world.users.set_disabled("ada", disabled=True)
    await visitor.submit(decision="allow")
    assert page.action is not None
    assert visitor.title == "/device/sign-in"


async def test_a_yes_is_to_what_was_shown(visitor: Visitor) -> None:
    device = await plug_in(visitor.served, scope=f"{READ} notes:write")
    await open_device(visitor, device)
    await visitor.sign_in()
    await visitor.served.world.users.allow("ada", audience=NOTES, scopes=frozenset({"notes:write"}))
    await visitor.allow()
    assert "notes:write" in visitor.page.text
    await visitor.allow()
    assert "Your device is connected" in visitor.page.text


async def test_a_device_outlives_the_browser_that_let_it_in(visitor: Visitor) -> None:
    """Whoever signs out at the desk does not mean the television; but an account that is off has none."""
    device, world = await plug_in(visitor.served), visitor.served.world
    await open_device(visitor, device)
    await visitor.sign_in()
    await visitor.allow()
    await visitor.go("/logout")
    await visitor.submit(decision="sign_out")
    tokens = (await device.ask()).json()
    form = {"grant_type": "refresh_token", "client_id": "tv", "refresh_token": tokens["refresh_token"]}
    assert (await visitor.served.post_form("/token", form)).status_code == 200
    await world.users.set_disabled("ada", disabled=True)
    assert (await visitor.served.post_form("/token", form)).status_code == 400


async def test_tokens_are_bound_to_the_devices_key(visitor: Visitor) -> None:
    """P80."""
    key = ProofKey(clock=visitor.served.world)
    device = await plug_in(visitor.served)
    await open_device(visitor, device)
    await visitor.sign_in()
    await visitor.allow()

    answer = await device.ask(dpop=key.proof("POST", "https://id.example/token"))
    assert answer.json()["token_type"] == "DPoP"


async def test_an_answer_counts_once(visitor: Visitor) -> None:
    """Two tabs: the second finds the code over."""
    device = await plug_in(visitor.served)
    await open_device(visitor, device)
    await visitor.sign_in()
    page = visitor.page
    await visitor.allow()
    answer = await visitor.http.post(page.action or "", data={**page.fields, "decision": "deny"})

    assert answer.status_code == 400
    visitor.served.world.pass_time(5)
    assert (await device.ask()).status_code == 200


async def test_only_clients_for_devices_get_codes(served: Served) -> None:
    """And their requests are looked at before anybody types."""
    answer = await served.post_form("/device_authorization", served.basic("robot"))
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_a_malformed_scope_is_refused_at_once(visitor: Visitor) -> None:
    answer = await visitor.served.post_form("/device_authorization", {"client_id": "tv", "scope": 'a"'})

    assert answer.json()["error"] == "invalid_scope"


async def test_a_client_that_was_switched_off_connects_nothing(visitor: Visitor) -> None:
    device = await plug_in(visitor.served)
    await visitor.served.world.clients.set_disabled("tv", disabled=True)
    await open_device(visitor, device)

    assert visitor.status == 400
