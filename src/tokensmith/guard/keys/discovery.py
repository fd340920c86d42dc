"""What the guard wants to know of an issuer (RFC 8414 §2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.discovery import DocumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Where an issuer's keys are, and whether it tells what it revoked."""

    jwks_uri: str
    promises_status: bool = False
    status_feed: str | None = None


def read_metadata(document: Mapping[str, JsonValue]) -> Metadata:
    """Take it out of a metadata document, or raise `DocumentError`."""
    jwks_uri = document.get("jwks_uri")
    if not isinstance(jwks_uri, str):
        raise DocumentError("it has no jwks_uri")
    feed = document.get("status_list_feed_endpoint")
    return Metadata(
        jwks_uri=jwks_uri,
        promises_status="status_list_aggregation_endpoint" in document,
        status_feed=feed if isinstance(feed, str) else None,
    )
