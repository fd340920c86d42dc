"""`/device_authorization`; the whole of it is in web/account/test_device.py."""

import pytest

from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


async def test_a_client_has_to_say_who_it_is(served: Served) -> None:
    """RFC 8628 §3.1: as at the token endpoint."""
    answer = await served.post_form("/device_authorization", {"client_id": "nobody"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
