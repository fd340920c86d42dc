"""Config OP: the discovery document, and the keys that it leads to."""

import base64
import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

import jwt as pyjwt
import pytest

from tests.server.conformance.metadata_checks import check_endpoints
from tests.server.web.served import Served
from tokensmith.server.web.oauth.metadata import OPENID_PATH

pytestmark = pytest.mark.anyio

SCOPE_TOKEN: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
PRIVATE: Final = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
NUMBERS: Final = {"RSA": ("n", "e"), "EC": ("x", "y")}


async def test_oidcc_discovery_endpoint_verification(served: Served) -> None:
    """What has to be in the document is, what is there is true to its kind, and so are the keys."""
    answer = await served.get(OPENID_PATH)
    metadata = answer.json()

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    check_issuer(metadata["issuer"], read_at=str(answer.url))
    check_endpoints(metadata, "authorization", "token", "userinfo", "registration")
    check_lists(metadata)
    check_keys((await served.get(metadata["jwks_uri"])).json())


def check_issuer(issuer: str, *, read_at: str) -> None:
    """The issuer is where the document was read, less the well-known part (Discovery §4.3)."""
    assert issuer + OPENID_PATH == read_at
    parts = urlsplit(issuer)
    assert (parts.scheme, parts.query, parts.fragment) == ("https", "", "")


def check_lists(metadata: dict[str, Any]) -> None:
    """What is supported (Discovery §3, RFC 8414 §2)."""
    assert "code" in metadata["response_types_supported"]
    assert {"public", "pairwise"} & set(metadata["subject_types_supported"])
    for signed in ("id_token", "userinfo", "request_object"):
        assert "RS256" in metadata[f"{signed}_signing_alg_values_supported"]
    assert "authorization_code" in metadata["grant_types_supported"]
    assert "S256" in metadata["code_challenge_methods_supported"]
    assert "openid" in metadata["scopes_supported"]
    assert all(SCOPE_TOKEN.fullmatch(scope) for scope in metadata["scopes_supported"])
    assert all(LANGUAGE.fullmatch(language) for language in metadata["ui_locales_supported"])
    assert {"iss", "sub"} <= set(metadata["claims_supported"])
    for name in ("claims", "request", "request_uri"):
        assert isinstance(metadata[f"{name}_parameter_supported"], bool)


def check_keys(keys: dict[str, Any]) -> None:
    """Public keys only, each readable, under a name of its own, its numbers unpadded (RFC 7517 §4, RFC 7518 §6)."""
    names = [key["kid"] for key in keys["keys"]]
    assert len(set(names)) == len(names) >= 1
    for key in keys["keys"]:
        assert not PRIVATE & key.keys()
        assert pyjwt.PyJWK.from_json(json.dumps(key)).key
        for number in NUMBERS[key["kty"]]:
            octets = base64.urlsafe_b64decode(key[number] + "==")
            assert base64.urlsafe_b64encode(octets).rstrip(b"=").decode() == key[number]
