"""What a program says of itself."""

import json
from typing import Any

import msgspec
import pytest

from tests.server.client_certificates import self_made
from tokensmith.jose import Key
from tokensmith.server.domain.certificate_names import CertificateName, NameKind
from tokensmith.server.domain.client_keys import jwks_of
from tokensmith.server.domain.client_metadata import (
    ClientMetadata,
    InvalidClientMetadataError,
    InvalidRedirectUriError,
    read_metadata,
)
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.registrations import BY_CERTIFICATE, AuthMethod

URI = "https://app.example/cb"
KEYS_AT = "https://app.example/keys"
BY_NAME, BY_ITSELF = "tls_client_auth", "self_signed_tls_client_auth"
ROBOT = {"tls_client_auth_subject_dn": "CN=robot"}
JWKS = {"keys": [dict(Key.generate("ES256").public().to_jwk())]}


def metadata(**members: Any) -> ClientMetadata:
    return msgspec.convert({"redirect_uris": [URI], **members}, ClientMetadata)


def test_defaults_are_the_standards() -> None:
    """RFC 7591 §2: code, Basic, RS256."""
    read = read_metadata(metadata(), fallback_name="?")

    assert read.grant_types == {GrantType.AUTHORIZATION_CODE}
    assert (read.name, read.confidential, read.registration.id_token_alg) == ("?", True, "RS256")
    assert (read.registration.trusted, read.registration.requires_pkce) == (False, True)


@pytest.mark.parametrize(
    ("members", "confidential"),
    [
        ({"token_endpoint_auth_method": "none"}, False),
        ({"token_endpoint_auth_method": "client_secret_post"}, True),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": JWKS}, False),
    ],
)
def test_it_proves_itself_in_one_way(members: dict[str, Any], confidential: bool) -> None:
    read = read_metadata(metadata(**members), fallback_name="?")

    assert read.confidential is confidential
    assert (read.registration.jwks is not None) is ("jwks" in members)
    if read.registration.jwks is not None:
        assert json.loads(read.registration.jwks) == JWKS


@pytest.mark.parametrize("keys", [{"jwks": JWKS}, {"jwks_uri": KEYS_AT}])
def test_keys_may_stand_beside_a_secret(keys: dict[str, Any]) -> None:
    """RFC 9101 §10.4: requests are signed with them, and the client still proves itself as it says."""
    signs = {"require_signed_request_object": True, "request_object_signing_alg": "ES256"}
    read = read_metadata(metadata(**keys, **signs), fallback_name="?")

    assert (read.confidential, read.registration.auth_method) == (True, AuthMethod.SECRET)
    assert (read.registration.requires_signed, read.registration.request_object_alg) == (True, "ES256")
    assert (read.registration.jwks_uri, read.registration.has_keys) == (keys.get("jwks_uri"), True)


def test_a_name_is_one_line() -> None:
    assert read_metadata(metadata(client_name=" The\n App\t"), fallback_name="?").name == "The App"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"redirect_uris": []}, "redirect_uris_missing"),
        ({"redirect_uris": ["http://app.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [URI + "#x"]}, "invalid_redirect_uri"),
        ({"post_logout_redirect_uris": ["javascript:x"]}, "invalid_redirect_uri"),
        ({"grant_types": ["client_credentials"]}, "metadata_grant_types"),
        ({"grant_types": ["implicit"]}, "metadata_grant_types"),
        ({"grant_types": []}, "metadata_grant_types"),
        ({"response_types": ["code", "token"]}, "metadata_response_types"),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "metadata_auth_method"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "metadata_keys"),
        ({"jwks": JWKS, "jwks_uri": KEYS_AT}, "metadata_keys"),
        ({"jwks_uri": "http://app.example/jwks"}, "metadata_keys"),
        ({"require_signed_request_object": True}, "metadata_keys"),
        ({"request_object_signing_alg": "ES256"}, "metadata_keys"),
        ({"request_object_signing_alg": "HS256", "jwks": JWKS}, "metadata_algorithm"),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": []}}, "metadata_keys"),
        ({"id_token_signed_response_alg": "none"}, "metadata_algorithm"),
        ({"id_token_signed_response_alg": "HS256"}, "metadata_algorithm"),
        ({"userinfo_signed_response_alg": "none"}, "metadata_algorithm"),
        ({"introspection_signed_response_alg": "HS256"}, "metadata_algorithm"),
        ({"backchannel_logout_uri": "http://app.example/"}, "metadata_logout_uri"),
        ({"client_uri": "javascript:alert(1)"}, "metadata_client_uri"),
    ],
)
def test_what_cannot_be_is_refused(members: dict[str, Any], code: str) -> None:
    """P09, P61, P87: and never quietly changed."""
    with pytest.raises((InvalidClientMetadataError, InvalidRedirectUriError)) as caught:
        read_metadata(metadata(**members), fallback_name="?")

    assert caught.value.code == code
    assert caught.value.error in ("invalid_client_metadata", "invalid_redirect_uri")


@pytest.mark.parametrize("kind", list(NameKind))
def test_a_certified_client_registers_one_name(kind: NameKind) -> None:
    """RFC 8705 §2.1.2."""
    value = {NameKind.SUBJECT_DN: "CN=robot", NameKind.IP: "192.0.2.1"}.get(kind, "robot.example")
    sent = metadata(token_endpoint_auth_method=BY_NAME, **{kind.value: value})
    read = read_metadata(sent, fallback_name="?", by_certificate=BY_CERTIFICATE)

    assert (read.confidential, read.registration.auth_method) == (False, AuthMethod.TLS)
    assert read.registration.certificate_name == CertificateName(kind, value)


def test_a_client_with_a_certificate_of_its_own_registers_it() -> None:
    """RFC 8705 §2.2.2."""
    jwks = json.loads(jwks_of(self_made()))
    sent = metadata(token_endpoint_auth_method=BY_ITSELF, jwks=jwks)
    read = read_metadata(sent, fallback_name="?", by_certificate=frozenset({AuthMethod.SELF_SIGNED_TLS}))

    assert (read.confidential, read.registration.auth_method) == (False, AuthMethod.SELF_SIGNED_TLS)
    assert json.loads(read.registration.jwks or "") == jwks


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"token_endpoint_auth_method": BY_NAME}, "metadata_certificate_name"),
        ({"token_endpoint_auth_method": BY_NAME, **ROBOT, "tls_client_auth_san_dns": "a"}, "metadata_certificate_name"),
        (
            {"token_endpoint_auth_method": BY_NAME, "tls_client_auth_subject_dn": "robot"},
            "metadata_certificate_name",
        ),
        (ROBOT, "metadata_certificate_name"),
        ({"token_endpoint_auth_method": BY_ITSELF}, "metadata_keys"),
        ({"token_endpoint_auth_method": BY_ITSELF, "jwks_uri": KEYS_AT}, "metadata_keys"),
    ],
)
def test_a_client_that_nobody_could_prove_is_not_registered(members: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidClientMetadataError) as caught:
        read_metadata(metadata(**members), fallback_name="?", by_certificate=BY_CERTIFICATE)

    assert caught.value.code == code


@pytest.mark.parametrize("offered", [frozenset[AuthMethod](), frozenset({AuthMethod.SELF_SIGNED_TLS})])
def test_names_are_registered_where_an_authority_certifies_them(offered: frozenset[AuthMethod]) -> None:
    """And certificates at all, where a proxy asks for them."""
    sent = metadata(token_endpoint_auth_method=BY_NAME, **ROBOT)
    with pytest.raises(InvalidClientMetadataError) as caught:
        read_metadata(sent, fallback_name="?", by_certificate=offered)

    assert caught.value.code == "metadata_auth_method"


def test_tokens_are_bound_to_certificates_where_somebody_asks_for_them() -> None:
    """RFC 8705 §3.4; for every way in which a client may prove itself."""
    sent = metadata(token_endpoint_auth_method="none", tls_client_certificate_bound_access_tokens=True)
    read = read_metadata(sent, fallback_name="?", by_certificate=BY_CERTIFICATE)
    assert read.registration.binds_to_certificate
    with pytest.raises(InvalidClientMetadataError) as caught:
        read_metadata(sent, fallback_name="?")

    assert caught.value.code == "metadata_certificate_binding"


ON_LOOPBACK = {"backchannel_logout_uri": "http://127.0.0.1:3000/bye", "jwks_uri": "http://localhost:3000/keys"}


def test_an_operator_may_say_more() -> None:
    """Grants that no person is asked about, and addresses on the operator's own machine."""
    machine = metadata(redirect_uris=[], grant_types=["client_credentials"], **ON_LOOPBACK)
    read = read_metadata(machine, fallback_name="?", by_operator=True)

    assert read.grant_types == {GrantType.CLIENT_CREDENTIALS}
    assert {name: getattr(read.registration, name) for name in ON_LOOPBACK} == ON_LOOPBACK


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"grant_types": ["implicit"]}, "metadata_grant_types"),
        ({"backchannel_logout_uri": "http://app.example/bye"}, "metadata_logout_uri"),
        ({"jwks_uri": "http://app.example/keys"}, "metadata_keys"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "metadata_keys"),
    ],
)
def test_but_not_everything(members: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidClientMetadataError) as caught:
        read_metadata(metadata(**members), fallback_name="?", by_operator=True)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "code"), [("backchannel_logout_uri", "metadata_logout_uri"), ("jwks_uri", "metadata_keys")]
)
def test_a_program_cannot_send_the_server_to_its_own_machine(name: str, code: str) -> None:
    with pytest.raises(InvalidClientMetadataError) as caught:
        read_metadata(metadata(**{name: ON_LOOPBACK[name]}), fallback_name="?")

    assert caught.value.code == code
