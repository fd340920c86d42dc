"""Pages of our own, pages of others, and programs."""

import pytest
from starlette.requests import Request

from tests.server.web.requests import make_scope
from tokensmith.server.domain.errors import ForbiddenOriginError
from tokensmith.server.web.same_origin import is_from_own_page

OURS = "https://id.example"


@pytest.mark.parametrize(
    ("headers", "own_page"),
    [
        ([], False),
        ([("sec-fetch-mode", "cors")], False),
        ([("origin", OURS)], True),
        ([("sec-fetch-site", "same-origin")], True),
        ([("origin", OURS), ("sec-fetch-site", "same-origin")], True),
    ],
)
def test_a_request_without_a_page_behind_it_is_a_program_s(headers: list[tuple[str, str]], own_page: bool) -> None:
    """Browsers write both headers themselves; some programs write Sec-Fetch-Mode, which says nothing."""
    assert is_from_own_page(Request(make_scope(headers)), origin=OURS) is own_page


@pytest.mark.parametrize(
    "headers",
    [
        [("origin", "https://evil.example")],
        [("origin", "null")],
        [("origin", "http://id.example")],
        [("origin", "https://id.example:8443")],
        [("origin", "https://id.example.evil.example")],
        [("origin", "https://ID.example")],
        [("origin", "")],
        [("sec-fetch-site", "same-site")],
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "none")],
        [("origin", OURS), ("sec-fetch-site", "cross-site")],
        [("origin", OURS), ("origin", "https://evil.example")],
    ],
)
def test_a_page_of_any_other_origin_is_refused(headers: list[tuple[str, str]]) -> None:
    """A login form on another site would sign its visitor in as somebody else (login CSRF, RFC 6749 §10.12)."""
    with pytest.raises(ForbiddenOriginError) as refused:
        is_from_own_page(Request(make_scope(headers)), origin=OURS)

    assert refused.value.code == "forbidden_origin"
