"""Sends a browser on, with 303 and never 307: what it has just posted is not posted on (RFC 9700 §4.12)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response


def see_other(uri: str, query: Mapping[str, str]) -> Response:
    """Send the browser to *uri*, whose own query stays and is added to (RFC 6749 §3.1.2)."""
    separator = "&" if "?" in uri else "?"
    location = f"{uri}{separator}{urlencode(query)}" if query else uri
    return Response(None, 303, {"location": location, "cache-control": "no-store"})
