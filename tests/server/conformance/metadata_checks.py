"""What the modules about the discovery document check alike."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def check_endpoints(metadata: Mapping[str, Any], *needed: str) -> None:
    """Check that the endpoints needed are there, and that whatever is named one is a URL with TLS.

    Args:
        needed: Names without their "_endpoint".
    """
    assert {f"{name}_endpoint" for name in needed} <= metadata.keys()
    urls = [url for name, url in metadata.items() if name.endswith("_endpoint") or name == "jwks_uri"]
    assert metadata["jwks_uri"] in urls
    for url in urls:
        parts = urlsplit(url)
        assert parts.scheme == "https", url
        assert parts.hostname, url
        assert not parts.fragment, url
