"""Clients named by the URL of their document (P89)."""

import json
from typing import Any

import pytest

from tokensmith.server.domain.client_documents import is_document_url, read_document
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import InvalidRequestError

URL = "https://tool.example/client.json"
DOCUMENT = {"client_id": URL, "client_name": "A tool", "redirect_uris": ["http://127.0.0.1/cb"]}


def body(**changes: Any) -> bytes:
    return json.dumps({**DOCUMENT, **changes}).encode()


@pytest.mark.parametrize("url", [URL, "https://tool.example:8443/a/b", "https://tool.example/c?x=1"])
def test_these_are_names_of_documents(url: str) -> None:
    assert is_document_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://tool.example/c",
        "https://tool.example",
        "https://tool.example/",
        "https://tool.example/a/../c",
        "https://tool.example/./c",
        "https://tool.example/%2e%2e/c",
        "https://user@tool.example/c",
        "https://tool.example/c#f",
        "https:///c",
        "https://tool.example:port/c",
        "https://tool.example/" + "c" * 500,
        "https://t\u00f6ol.example/c",
        "web",
    ],
)
def test_these_are_not(url: str) -> None:
    """§3: another scheme, no path, dots, a user, a fragment."""
    assert not is_document_url(url)


def test_a_document_says_who_a_client_is() -> None:
    """Public, unless it signs."""
    read = read_document(body(grant_types=["authorization_code", "refresh_token"]), url=URL)

    assert (read.name, read.confidential) == ("A tool", False)
    assert read.grant_types == {GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}
    assert read_document(body(client_name=None), url=URL).name == "tool.example"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        body(client_id="https://tool.example/other.json"),
        body(client_id=URL + "/"),
        body(token_endpoint_auth_method="client_secret_basic"),
        body(token_endpoint_auth_method="client_secret_post"),
        body(redirect_uris=["http://evil.example/"]),
        body(redirect_uris=[]),
        body(grant_types=["client_credentials"]),
        body(padding="x" * 5200),
        json.dumps({"redirect_uris": ["http://127.0.0.1/cb"]}).encode(),
    ],
)
def test_everything_else_is_refused(document: bytes) -> None:
    """§4.1: another's name, a shared secret, too long."""
    with pytest.raises(InvalidRequestError) as caught:
        read_document(document, url=URL)

    assert caught.value.code == "client_document_refused"
