"""The form, wherever it stands: test_sign_in.py and test_device.py show it; this is what they share."""

import pytest

from tests.server.web.served import Served
from tests.server.web.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_failures_count_under_the_page_they_were_made_at(served: Served) -> None:
    """For whoever watches the numbers: a wave of them is somebody trying."""
    await served.world.make_web_client()
    async with Visitor(served) as visitor:
        await visitor.authorize()
        await visitor.sign_in("ada", "wrong")

    assert served.refused("invalid_credentials") == 1
    assert served.sign_ins.hits == {"192.0.2.1": 1}


async def test_no_password_is_no_sign_in(served: Served) -> None:
    """Empty fields are asked for again, and cost no hashing."""
    await served.world.make_web_client()
    async with Visitor(served) as visitor:
        await visitor.authorize()
        await visitor.sign_in("ada", "")

    assert visitor.status == 400
    assert served.world.hasher.verified == []
