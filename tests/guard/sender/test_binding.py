"""What "cnf" says has to be proven."""

from typing import Any

import pytest

from tokensmith.guard import InvalidTokenError
from tokensmith.guard.sender.binding import Binding, read_binding


def test_a_token_without_a_confirmation_is_bound_to_nothing() -> None:
    assert read_binding({}) is None


@pytest.mark.parametrize("method", ["jkt", "x5t#S256"])
def test_a_key_or_a_certificate_may_be_named(method: Any) -> None:
    """RFC 9449 §6.1, RFC 8705 §3.1."""
    assert read_binding({"cnf": {method: "x"}}) == Binding(method, "x")


@pytest.mark.parametrize(
    "cnf",
    [{"jkt": "x", "x5t#S256": "y"}, {"jkt": "x", "kid": "y"}, {"jwk": {}}, {"jkt": 7}, {"jkt": None}, {}, "x", None],
)
def test_what_cannot_be_proven_here_is_refused(cnf: Any) -> None:
    """RFC 7800 §3.1: a confirmation that is not understood is not one that may be left out."""
    with pytest.raises(InvalidTokenError) as caught:
        read_binding({"cnf": cnf})

    assert caught.value.code == "unproven_possession"
