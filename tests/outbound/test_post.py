"""A form, written as RFC 6749 Appendix B has it."""

import pytest

from tokensmith.outbound.post import AsyncPoster, Form, Poster, body_of, cannot_post
from tokensmith.outbound.with_httpx2 import Httpx2Fetcher
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ([], b""),
        # RFC 6749 Appendix B's own example of characters.
        ([("a", " %&+£€")], b"a=+%25%26%2B%C2%A3%E2%82%AC"),
        ([("resource", "b"), ("resource", "a")], b"resource=b&resource=a"),
    ],
)
def test_a_form_keeps_its_order_and_lets_no_value_out(form: Form, body: bytes) -> None:
    assert body_of(form) == body


def test_every_fetcher_of_ours_posts() -> None:
    assert isinstance(BlockingFetcher(), Poster)
    assert isinstance(ThreadedFetcher(BlockingFetcher()), AsyncPoster)
    assert isinstance(Httpx2Fetcher(), AsyncPoster)
    assert "object has no post()" in cannot_post(object()).detail
