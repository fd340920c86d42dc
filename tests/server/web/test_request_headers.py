"""Headers, each of them once."""

import pytest

from tests.server.web.requests import make_scope
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.web.request_headers import header_values, proofs_of, single_header


def test_a_header_is_found_whatever_its_case() -> None:
    """ASGI has names in lower case."""
    assert single_header(make_scope({"Content-Type": "a"}), b"content-type") == "a"
    assert single_header(make_scope(), b"content-type") is None


def test_every_value_is_seen_in_order() -> None:
    """RFC 9110 §5.3: a header may come in several lines."""
    assert header_values(make_scope([("x", "1"), ("y", "2"), ("X", "3")]), b"x") == ["1", "3"]


def test_a_header_sent_twice_is_refused() -> None:
    """A proxy may have believed the one and we the other."""
    with pytest.raises(InvalidRequestError) as refused:
        single_header(make_scope([("authorization", "a"), ("authorization", "a")]), b"authorization")

    assert refused.value.code == "repeated_header"


def test_every_proof_is_handed_over() -> None:
    """RFC 9449 §4.3, check 1 is for whoever checks proofs."""
    assert proofs_of(make_scope([("DPoP", "a"), ("dpop", "b"), ("x-dpop", "c")])) == [b"a", b"b"]
