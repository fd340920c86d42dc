"""`/userinfo` as HTTP; what it says is in flows/test_user_info.py."""

import pytest

from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


async def test_without_a_token_there_is_a_bare_challenge(served: Served) -> None:
    """P95: RFC 6750 §3.1; both schemes are named."""
    answer = await served.get("/userinfo")

    assert (answer.status_code, answer.headers["cache-control"]) == (401, "no-store")
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="tokensmith", DPoP realm="tokensmith", algs="ES256')
    assert "error" not in challenge
    assert served.refused("missing_token") == 1


async def test_two_tokens_are_one_too_many(served: Served) -> None:
    """P94."""
    async with served.http() as client:
        answer = await client.get("/userinfo", headers=[("authorization", "Bearer a"), ("authorization", "Bearer a")])

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
