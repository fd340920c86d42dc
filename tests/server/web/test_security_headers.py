"""Headers on every answer, good or bad."""

import pytest

from tests.server.web.served import Served
from tokensmith.server.web.security_headers import security_headers

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/token", "/.well-known/jwks.json", "/status/9", "/"])
async def test_every_answer_has_them(served: Served, path: str) -> None:
    """Also 404 and 405; none may be framed, guessed at, or leak where one came from."""
    headers = (await served.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "cache-control" in headers


@pytest.mark.parametrize("https", [True, False])
async def test_only_https_is_to_be_remembered(https: bool) -> None:
    """RFC 6797 §7.2: not over http; and not for the hosts below ours."""
    names = dict(security_headers(https=https, public=False))

    assert (b"strict-transport-security" in names) is https
