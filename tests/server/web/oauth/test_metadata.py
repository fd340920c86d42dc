"""The discovery documents: complete, true, and at every name under which they are looked for."""

from typing import Any

import pytest

from tests.server.client_certificates import AUTHORITIES
from tests.server.flows.world import ISSUER
from tests.server.web.served import Served
from tokensmith.guard.sender import DPOP_ALGORITHMS
from tokensmith.jose.jwk import TrustAnchors
from tokensmith.server.web.oauth.metadata import well_known_paths

pytestmark = pytest.mark.anyio
PATHS = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")


async def document(served: Served, path: str = PATHS[0]) -> dict[str, Any]:
    answer = await served.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    members: dict[str, Any] = answer.json()
    return members


async def test_both_names_give_the_same_document(served: Served) -> None:
    """RFC 9068 §4: whichever a resource server reads."""
    assert await document(served, PATHS[0]) == await document(served, PATHS[1])


async def test_the_issuer_is_the_very_string_of_the_tokens(served: Served) -> None:
    """P70: RFC 8414 §3.3, OpenID Connect Discovery §4.3: identical."""
    token = await served.world.read(await served.world.sign_in())

    assert (await document(served))["issuer"] == ISSUER == token.claims["iss"]


async def test_every_endpoint_that_is_named_is_there(served: Served) -> None:
    """What is advertised answers, and not with 404."""
    members = await document(served)
    named = {name: url for name, url in members.items() if name.endswith(("_endpoint", "_uri"))}

    assert named.keys() == {
        "authorization_endpoint",
        "userinfo_endpoint",
        "device_authorization_endpoint",
        "pushed_authorization_request_endpoint",
        "end_session_endpoint",
        "token_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "introspection_endpoint",
        "status_list_aggregation_endpoint",
        "status_list_feed_endpoint",
    }
    for url in named.values():
        assert url.startswith(f"{ISSUER}/")
        async with served.http() as client:
            # HEAD, since the feed of status lists has no end.
            assert (await client.head(url.removeprefix(ISSUER))).status_code != 404


async def test_proofs_of_possession_are_offered(served: Served) -> None:
    """RFC 9449 §5.1; no MAC, and not "none"."""
    assert (await document(served))["dpop_signing_alg_values_supported"] == list(DPOP_ALGORITHMS)


async def test_nothing_is_promised_that_is_not_there(served: Served) -> None:
    """P11, P73, P74, P77; RFC 8414 §3.2: zero elements MUST be omitted."""
    members = await document(served)

    assert members["response_types_supported"] == ["code"]
    assert members["response_modes_supported"] == ["query", "form_post"]
    assert members["request_parameter_supported"] is True
    assert "none" not in members["request_object_signing_alg_values_supported"]
    assert members["request_uri_parameter_supported"] is False
    assert [] not in members.values()
    assert all("none" not in value for name, value in members.items() if name.endswith("alg_values_supported"))


async def test_what_every_openid_reader_needs_is_there(served: Served) -> None:
    """P60, P72, P75, P76: OpenID Discovery §3, RFC 9207 §2.3; MCP clients refuse without the challenge methods."""
    members = await document(served)

    assert members["subject_types_supported"] == ["public"]
    assert (members["backchannel_logout_supported"], members["backchannel_logout_session_supported"]) == (True, True)
    assert "RS256" in members["id_token_signing_alg_values_supported"]
    assert "openid" in members["scopes_supported"]
    assert members["code_challenge_methods_supported"] == ["S256"]
    assert members["authorization_response_iss_parameter_supported"] is True


async def test_the_grant_types_are_those_of_the_token_endpoint(served: Served) -> None:
    """First-party sign-in is no OAuth grant and in no metadata (decision 13)."""
    members = await document(served)

    assert members["grant_types_supported"] == [
        "authorization_code",
        "client_credentials",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]
    assert "password" not in members["grant_types_supported"]


async def test_none_is_a_way_for_public_clients_only(served: Served) -> None:
    """RFC 8414 §2; a public client may not introspect (RFC 7662 §2.1)."""
    members = await document(served)

    assert "none" in members["token_endpoint_auth_methods_supported"]
    assert "none" not in members["introspection_endpoint_auth_methods_supported"]


@pytest.mark.parametrize(
    ("issuer_path", "paths"),
    [
        ("", list(PATHS)),
        (
            "/tenant",
            [
                "/.well-known/oauth-authorization-server/tenant",
                "/.well-known/openid-configuration/tenant",
                "/tenant/.well-known/oauth-authorization-server",
                "/tenant/.well-known/openid-configuration",
            ],
        ),
    ],
)
async def test_an_issuer_with_a_path_is_found_by_both_rules(served: Served, issuer_path: str, paths: list[str]) -> None:
    """P69: RFC 8414 §3.1 inserts the well-known name, OpenID Connect Discovery §4.1 appends it."""
    elsewhere = Served(served.world, issuer=ISSUER + issuer_path)

    assert list(well_known_paths(issuer_path)) == paths
    for path in paths:
        assert (await document(elsewhere, path))["token_endpoint"] == f"{ISSUER}{issuer_path}/token"


async def test_the_document_may_be_kept(served: Served) -> None:
    """With its tag."""
    answer = await served.get(PATHS[0])
    again = await served.get(PATHS[0], **{"if-none-match": answer.headers["etag"]})

    assert answer.headers["cache-control"] == "public, max-age=300"
    assert again.status_code == 304


CERTIFICATES: dict[str, Any] = {"trusted_proxies": ("10.0.0.1",), "client_certificate_header": "client-cert"}


@pytest.mark.parametrize(
    ("authorities", "settings", "ways"),
    [
        (None, {}, []),
        (None, CERTIFICATES, ["self_signed_tls_client_auth"]),
        (AUTHORITIES, CERTIFICATES, ["self_signed_tls_client_auth", "tls_client_auth"]),
    ],
)
async def test_certificates_are_offered_where_they_can_be_checked(
    served: Served, authorities: TrustAnchors | None, settings: dict[str, Any], ways: list[str]
) -> None:
    """RFC 8705 §2: by name only where an authority was named that certifies names."""
    members = await document(Served(served.world, authorities=authorities, **settings))

    for endpoint in ("token", "revocation", "introspection"):
        offered = members[f"{endpoint}_endpoint_auth_methods_supported"]
        assert [method for method in offered if "tls" in method] == ways
    assert members.get("tls_client_certificate_bound_access_tokens", False) is bool(ways)


async def test_endpoints_for_certificates_may_be_elsewhere(served: Served) -> None:
    """RFC 8705 §5: those that programs call; the issuer stays what it is."""
    elsewhere = Served(
        served.world, issuer=f"{ISSUER}/tenant", client_certificate_origin="https://mtls.id.example", **CERTIFICATES
    )
    members = await document(elsewhere, PATHS[0] + "/tenant")
    base = "https://mtls.id.example/tenant"

    assert members["mtls_endpoint_aliases"] == {
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "device_authorization_endpoint": f"{base}/device_authorization",
        "pushed_authorization_request_endpoint": f"{base}/par",
        "revocation_endpoint": f"{base}/revoke",
        "introspection_endpoint": f"{base}/introspect",
    }
    assert (members["issuer"], members["token_endpoint"]) == (f"{ISSUER}/tenant", f"{ISSUER}/tenant/token")
    assert "mtls_endpoint_aliases" not in await document(served)
