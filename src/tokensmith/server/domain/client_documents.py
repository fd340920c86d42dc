"""Clients whose name is the URL of a document that says who they are (draft-ietf-oauth-client-id-metadata-document-02).

Nobody registers: the document is fetched when somebody is sent to sign in, and what it says is believed as far as the
URL is: this program is the one that whoever holds that address speaks of.
"""

from typing import Final
from urllib.parse import urlsplit

import msgspec

from tokensmith.jose import JoseError
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.client_metadata import ClientMetadata, ReadMetadata, read_metadata
from tokensmith.server.domain.errors import InvalidRequestError, OAuthError

MAX_BYTES: Final = 5 * 1024
FRESH_SECONDS: Final = 3600
MAX_URL_CHARACTERS: Final = 512
# A secret that stands in a document for all to read is none.
_METHODS: Final = (None, "none", "private_key_jwt")


class _Document(ClientMetadata, frozen=True, kw_only=True):
    """The document: the metadata of a client, and its own address."""

    client_id: str


def is_document_url(client_id: str) -> bool:
    """Tell whether a client's name can be the URL of its document (§3): https, a path, no fragment, user or dots."""
    if len(client_id) > MAX_URL_CHARACTERS or not client_id.startswith("https://") or not client_id.isascii():
        return False
    try:
        parts = urlsplit(client_id)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    segments = parts.path.split("/")
    dotted = any(segment in (".", "..") for segment in segments) or "%" in parts.path or "\\" in parts.path
    has_path = parts.path not in ("", "/")
    return bool(host) and has_path and not dotted and "#" not in client_id and "@" not in parts.netloc


def read_document(body: bytes, *, url: str) -> ReadMetadata:
    """Read the document at a client's URL.

    Raises:
        InvalidRequestError: no JSON object of the form, another client's, one with a shared secret, or what no client
            can be (`client_document_refused`).
    """
    try:
        document = msgspec.convert(parse_object(body, max_bytes=MAX_BYTES), _Document)
    except (JoseError, msgspec.ValidationError) as error:
        raise refused(str(error)) from None
    # §4.1: character by character, or one document could speak for all addresses of its host.
    if document.client_id != url:
        raise refused(f"client_id={document.client_id!r:.200}")
    if document.token_endpoint_auth_method not in _METHODS:
        raise refused(f"method={document.token_endpoint_auth_method!r:.60}")
    try:
        return read_metadata(document, fallback_name=urlsplit(url).hostname or url, default_method="none")
    except OAuthError as error:
        raise refused(f"{error.code} {error.detail}") from None


def refused(detail: str) -> InvalidRequestError:
    """Return the error for a document that cannot be used."""
    text = "The application's description cannot be used."
    return InvalidRequestError(text, code="client_document_refused", detail=detail[:400])
