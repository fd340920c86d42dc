"""Who wrote a registration down."""

from typing import Any

import pytest

from tokensmith.server.domain.registrations import NOTHING_MORE, Registration


def test_an_operator_vouches_for_what_they_write() -> None:
    assert NOTHING_MORE.is_vouched_for
    assert Registration(redirect_uris=("https://a.example/cb",), jwks="{}", requires_pkce=False).is_vouched_for


@pytest.mark.parametrize("by_itself", [{"management_digest": "00"}, {"document_read_at_ms": 0}])
def test_nobody_vouches_for_what_a_program_says_of_itself(by_itself: dict[str, Any]) -> None:
    """At `/register` (RFC 7591 §5), or in a document."""
    assert not Registration(**by_itself).is_vouched_for


def test_a_program_that_speaks_anew_keeps_what_it_was_allowed_and_cannot_add_to_it() -> None:
    """An operator's word on it stands beside its own."""
    said = Registration(redirect_uris=("https://b.example/cb",))
    before = Registration(redirect_uris=("https://a.example/cb",), detail_types=("payment",))

    assert said.after(before) == Registration(redirect_uris=said.redirect_uris, detail_types=("payment",))
    assert said.after(None) == said
