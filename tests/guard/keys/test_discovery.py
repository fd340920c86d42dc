"""What the guard takes out of an issuer's metadata."""

import pytest

from tokensmith.guard.keys.discovery import Metadata, read_metadata
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.discovery import DocumentError

ISSUER = "https://id.test"


def metadata(**members: JsonValue) -> Metadata:
    return read_metadata({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **members})


@pytest.mark.parametrize("jwks_uri", [None, 7, ["https://id.test/keys"]])
def test_a_document_without_keys_is_refused(jwks_uri: JsonValue) -> None:
    with pytest.raises(DocumentError, match="jwks_uri"):
        metadata(jwks_uri=jwks_uri)


def test_an_aggregation_endpoint_is_a_promise() -> None:
    """Token Status List §9.1."""
    assert metadata(status_list_aggregation_endpoint=f"{ISSUER}/status").promises_status
    assert not metadata().promises_status


@pytest.mark.parametrize(("member", "feed"), [(f"{ISSUER}/feed", f"{ISSUER}/feed"), (7, None), (None, None)])
def test_a_feed_of_status_lists_may_be_named(member: JsonValue, feed: str | None) -> None:
    assert metadata(status_list_feed_endpoint=member).status_feed == feed


def test_members_we_do_not_know_are_ignored() -> None:
    """RFC 8414 §3.2: other claims may be returned."""
    assert metadata(jwks_uri="https://x.test/k", more=[1, {"a": None}]) == Metadata(jwks_uri="https://x.test/k")
