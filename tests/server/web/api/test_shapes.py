"""What the first-party endpoints read shows none of it."""

import pytest

from tokensmith.server.web.api.shapes import RefreshBody, SignInBody, SignOutBody


@pytest.mark.parametrize(
    "body",
    [
        SignInBody(username="ada", password="hush"),
        RefreshBody(refresh_token="hush"),
        SignOutBody(refresh_token="hush"),
    ],
)
def test_a_body_shows_no_secret(body: object) -> None:
    """It may stand in a traceback."""
    assert "hush" not in repr(body)
