"""`/device_authorization`; the whole of it is in web/account/test_device.py."""

import pytest

from tests.server.web.served import Served
from tokensmith.server.domain.clients import GrantType

pytestmark = pytest.mark.anyio


async def test_a_client_has_to_say_who_it_is(served: Served) -> None:
    """RFC 8628 §3.1: as at the token endpoint."""
    answer = await served.post_form("/device_authorization", {"client_id": "nobody"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_device_asks_for_scopes_and_no_more(served: Served) -> None:
    """RFC 9396 §3: what its page could not show is refused, not left out in silence."""
    await served.world.make_web_client("tv", confidential=False)
    await served.world.change_client("tv", grant_types=frozenset({GrantType.DEVICE_CODE}))
    form = {"client_id": "tv", "authorization_details": '[{"type":"payment"}]'}
    answer = await served.post_form("/device_authorization", form)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_authorization_details")
    assert served.refused("details_grant") == 1
