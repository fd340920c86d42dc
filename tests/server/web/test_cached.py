"""Entity tags: nothing is sent twice, and nothing stale."""

import pytest
from starlette.requests import Request

from tests.server.web.requests import make_scope
from tokensmith.server.web.cached import cached_response, entity_tag, has_tag

TAG = entity_tag(b"body")


def test_a_tag_is_quoted_and_follows_the_bytes() -> None:
    """RFC 9110 §8.8.3."""
    assert TAG.startswith('"')
    assert TAG.endswith('"')
    assert entity_tag(b"body") == TAG != entity_tag(b"Body")


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ([], False),
        ([TAG], True),
        ([f"W/{TAG}"], True),
        ([f'"other", {TAG}'], True),
        (['"other"', TAG], True),
        (["*"], True),
        ([TAG.strip('"')], False),
        (['"other"'], False),
    ],
)
def test_if_none_match_is_a_list(sent: list[str], held: bool) -> None:
    """RFC 9110 §13.1.2: several tags, several lines, compared weakly."""
    assert has_tag(Request(make_scope([("if-none-match", value) for value in sent])), TAG) is held


def test_whoever_has_it_gets_no_body() -> None:
    """304, with the tag and the age again (RFC 9110 §15.4.5)."""
    request = Request(make_scope({"if-none-match": TAG}))
    response = cached_response(request, b"body", media_type="text/plain", etag=TAG, max_age=5)

    assert (response.status_code, response.body) == (304, b"")
    assert response.headers["etag"] == TAG
    assert response.headers["cache-control"] == "public, max-age=5"


def test_everybody_else_gets_it_whole() -> None:
    response = cached_response(Request(make_scope()), b"body", media_type="text/plain", etag=TAG, max_age=5)

    assert (response.status_code, response.body, response.headers["etag"]) == (200, b"body", TAG)
