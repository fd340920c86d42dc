"""`POST /revoke` (RFC 7009)."""

import pytest

from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


async def test_a_revoked_refresh_token_takes_its_access_tokens_along(served: Served) -> None:
    """RFC 7009 §2.1: access tokens based on the same grant as well."""
    answer = await served.world.sign_in()
    revoked = await served.post_form("/revoke", {"token": answer.refresh_token or "", "client_id": "first-party"})

    assert (revoked.status_code, revoked.content) == (200, b"")
    assert revoked.headers["cache-control"] == "no-store"
    assert not await served.world.is_running(answer)


@pytest.mark.parametrize("token", ["tsr_unknown", "x", "a.b.c"])
@pytest.mark.parametrize("hint", ["", "refresh_token", "access_token", "colour"])
async def test_an_unknown_token_is_no_error(served: Served, token: str, hint: str) -> None:
    """RFC 7009 §2.2, whatever the hint says (§2.1: "a hint")."""
    form = {"token": token, "token_type_hint": hint, "client_id": "first-party"}

    assert (await served.post_form("/revoke", form)).status_code == 200


async def test_another_client_s_token_stays_good(served: Served) -> None:
    """RFC 7009 §2.1: the request is refused."""
    answer = await served.world.sign_in()
    refused = await served.post_form("/revoke", {"token": answer.refresh_token or "", **served.basic("robot")})

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert await served.world.is_running(answer)


async def test_a_token_is_needed(served: Served) -> None:
    """RFC 7009 §2.1: REQUIRED."""
    refused = await served.post_form("/revoke", {"client_id": "first-party"})

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
