"""From an issuer's identifier to where its keys are (RFC 8414 §3, OpenID Connect Discovery §4).

RFC 8414 puts the well-known part between host and path, OpenID Connect Discovery after the path; issuers with a path
differ in which they serve, so both are asked. The document must name the very issuer it was asked for: otherwise one
tenant of a host could answer for another.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.guard.outside import Outside
from tokensmith.jose import JoseError, strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.target import parse_target


class DocumentError(Exception):
    """A document came and is not usable; the message is for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the guard wants to know of an issuer."""

    jwks_uri: str
    promises_status: bool = False
    status_feed: str | None = None


async def discover(issuer: str, rules: FetchRules, outside: Outside) -> Metadata:
    """Read the metadata of *issuer*.

    Raises:
        FetchError: No answer came.
        DocumentError: None of the well-known places has a document that may be used.
    """
    reasons: list[str] = []
    for url in well_known_urls(issuer):
        try:
            answer = await outside.fetch(url, rules, {"Accept": "application/json"})
            if answer.status == 200:
                return parse_metadata(answer.body, issuer=issuer)
            reasons.append(f"{url}: status {answer.status}")
        except DocumentError as error:
            reasons.append(f"{url}: {error}")
        except FetchError as error:
            if error.code in ("unreachable", "timed_out"):
                raise
            reasons.append(f"{url}: {error} {error.detail}")
    raise DocumentError("; ".join(reasons))


def well_known_urls(issuer: str) -> tuple[str, ...]:
    """Return where the metadata of *issuer* may be, in the order of asking, each once."""
    target = parse_target(issuer)
    path = target.path.rstrip("/")
    return tuple(
        dict.fromkeys(
            (
                f"{target.origin}/.well-known/oauth-authorization-server{path}",
                f"{target.origin}{path}/.well-known/openid-configuration",
                f"{target.origin}/.well-known/openid-configuration{path}",
            )
        )
    )


def parse_metadata(body: bytes, *, issuer: str) -> Metadata:
    """Read a metadata document, or raise `DocumentError`."""
    try:
        document: Mapping[str, JsonValue] = strict_json.parse_object(body)
    except JoseError as error:
        raise DocumentError(f"not a JSON object: {error}") from error
    # RFC 8414 §3.3: identical, or nothing in it may be used. A slash at the end makes another issuer.
    if document.get("issuer") != issuer:
        raise DocumentError(f"it is about {document.get('issuer')!r}, and {issuer!r} is configured")
    jwks_uri = document.get("jwks_uri")
    if not isinstance(jwks_uri, str):
        raise DocumentError("it has no jwks_uri")
    feed = document.get("status_list_feed_endpoint")
    return Metadata(
        jwks_uri=jwks_uri,
        promises_status="status_list_aggregation_endpoint" in document,
        status_feed=feed if isinstance(feed, str) else None,
    )
