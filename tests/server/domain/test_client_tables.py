"""The table of a client: read, and told in the same words."""

from dataclasses import fields, replace
from typing import Any

import msgspec
import pytest

from tokensmith.jose import Key
from tokensmith.server.domain.certificate_names import CertificateName, NameKind
from tokensmith.server.domain.client_metadata import ClientMetadata
from tokensmith.server.domain.client_tables import (
    NO_CLIENT,
    ON_LIFETIMES,
    ON_REGISTRATION,
    ClientTable,
    DeclaredClient,
    read_client_table,
    told_client,
)
from tokensmith.server.domain.clients import FIRST_PARTY, Client, GrantType, Lifetimes
from tokensmith.server.domain.errors import DeclarationError
from tokensmith.server.domain.fapi import fapi2
from tokensmith.server.domain.registrations import NOTHING_MORE, AssertionIssuer, AuthMethod, Registration

URI = "https://app.example/cb"
NOTES, MAIL = "https://notes.example", "https://mail.example"
KEYS = {"jwks_uri": "https://app.example/keys"}
MACHINE = {"grant_types": ["client_credentials"]}
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ISSUER = {"issuer": "https://b.example", "jwks_uri": "https://b.example/keys"}
# Another value than the default for whatever a registration says, but for what is on or off, and a file can say.
OTHERWISE: dict[str, Any] = {
    "redirect_uris": ("https://b.example/cb",),
    "post_logout_redirect_uris": ("https://b.example/",),
    "auth_method": AuthMethod.SECRET,
    "jwks": '{"keys":[]}',
    "jwks_uri": "https://b.example/keys",
    "request_object_alg": "PS256",
    "signs_with": ("RS256",),
    "id_token_alg": "ES512",
    "userinfo_alg": "RS256",
    "introspection_alg": "ES512",
    "client_uri": "https://b.example/",
    "backchannel_logout_uri": "https://b.example/bye",
    "certificate_name": CertificateName(NameKind.DNS, "b.example"),
    "detail_types": ("payment",),
    "assertion_issuers": (AssertionIssuer(issuer="https://b.example", jwks_uri="https://b.example/keys"),),
}
# What a program that no file can name has.
NOT_THE_FILES = {"document_read_at_ms", "management_digest", "logo"}


def table(**members: Any) -> DeclaredClient:
    return read_client_table("web", {"redirect_uris": [URI], **members})


def refused(client_id: str = "web", /, **members: Any) -> str:
    with pytest.raises(DeclarationError) as caught:
        read_client_table(client_id, {"redirect_uris": [URI], **members})
    assert caught.value.code == "bad_declaration"
    return str(caught.value)


def test_what_is_left_out_has_its_default() -> None:
    """RFC 7591 §2 for what it knows."""
    read = table()

    assert read.client.grant_types == {GrantType.AUTHORIZATION_CODE}
    assert read.client.registration == Registration(redirect_uris=(URI,), auth_method=AuthMethod.SECRET)
    assert (read.client.name, read.client.lifetimes, read.client.signing_alg) == ("web", Lifetimes(), "ES256")
    assert (read.scopes, read.default_audience, read.disabled) == ({}, None, None)


def test_every_member_sets_what_it_is_named_after() -> None:
    read = table(
        client_name="The App",
        grant_types=["authorization_code", "refresh_token"],
        trusted=True,
        opaque=True,
        require_pkce=False,
        dpop_bound_access_tokens=True,
        backchannel_logout_uri="http://127.0.0.1/bye",
        signing_alg="RS256",
        access_seconds=1,
        refresh_idle_seconds=2,
        refresh_absolute_seconds=3,
        reuse_window_seconds=4,
        lost_answer_seconds=5,
        disabled=True,
    )
    known = read.client.registration

    assert (known.trusted, known.opaque, known.requires_pkce, known.binds_tokens) == (True, True, False, True)
    assert known.backchannel_logout_uri == "http://127.0.0.1/bye"
    assert (read.client.name, read.client.signing_alg, read.disabled) == ("The App", "RS256", True)
    assert read.client.lifetimes == Lifetimes(
        access=1, refresh_idle=2, refresh_absolute=3, reuse_window=4, lost_answer=5
    )


def test_what_it_may_ask_for_is_said_by_resource() -> None:
    """The only one is its default; of several, the one that is named."""
    one = table(scopes={NOTES: ["read", "read", "write"]})
    two = {NOTES: ["read"], MAIL: ["send"]}

    assert (one.scopes, one.default_audience) == ({NOTES: {"read", "write"}}, NOTES)
    assert table(scopes=two).default_audience is None
    assert table(scopes=two, default_resource=MAIL).default_audience == MAIL
    assert "default_resource" in refused(scopes=two, default_resource="https://other.example")
    assert "default_resource" in refused(default_resource=NOTES)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"colour": "red"}, "unknown field `colour`"),
        ({"jwks_file": "keys.json"}, "unknown field `jwks_file`"),
        ({"client_id": "web"}, "unknown field `client_id`"),
        ({"client_secret": "s"}, "unknown field `client_secret`"),
        ({"redirect_uris": URI}, "redirect_uris: Expected `array`"),
        ({"redirect_uris": [1]}, "redirect_uris[0]: Expected `str`"),
        ({"client_name": "x" * 101}, "client_name: Expected `str` of length <= 100"),
        ({"trusted": 1}, "trusted: Expected `bool`"),
        ({"access_seconds": "900"}, "access_seconds: Expected `int`"),
        ({"refresh_idle_seconds": 2**31}, "refresh_idle_seconds: Expected `int` <= 2147483647"),
        ({"reuse_window_seconds": -1}, "reuse_window_seconds: Expected `int` >= 0"),
        ({"profile": "fapi1"}, "profile: Invalid enum value 'fapi1'"),
        ({"scopes": [NOTES]}, "scopes: Expected `object`"),
        ({"scopes": {NOTES: "read"}}, "scopes[...]: Expected `array`"),
        ({"grant_types": [BEARER]}, "assertion_issuers: goes with"),
        ({"assertion_issuers": [ISSUER]}, "assertion_issuers: goes with"),
        ({"assertion_issuers": [{**ISSUER, "jwks_url": "x"}]}, "assertion_issuers[0]: Object contains unknown field"),
        ({"grant_types": ["implicit"]}, "grant_types are among"),
        ({"redirect_uris": []}, "redirect_uris is missing"),
        ({"redirect_uris": ["http://app.example/cb"]}, "A redirect URI is https"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "Who signs registers keys"),
        ({"token_endpoint_auth_method": "none", **MACHINE}, "grant_types: client_credentials takes"),
    ],
)
def test_what_cannot_be_is_refused_by_its_member(members: dict[str, Any], said: str) -> None:
    assert said in refused(**members)


@pytest.mark.parametrize("client_id", ["", "a b", "a\nb", "café", "x" * 257])
def test_an_id_can_stand_in_a_line_of_text(client_id: str) -> None:
    """RFC 6749 §A.1; new secrets are shown as "id secret"."""
    assert "a client's id" in refused(client_id)


def test_the_longest_id_is_taken() -> None:
    assert read_client_table("x" * 256, MACHINE).client.id == "x" * 256


def test_the_profile_needs_nothing_else_to_be_said() -> None:
    """FAPI 2.0, as one member."""
    read = table(profile="fapi2", **KEYS)

    plain = Registration(redirect_uris=(URI,), **KEYS)
    assert read.client.registration == fapi2(plain)
    assert told_client(read.client)["profile"] == "fapi2"
    assert told_client(table().client)["profile"] is None


@pytest.mark.parametrize(
    "members",
    [
        {"require_pkce": False},
        {"require_pushed_authorization_requests": False},
        {"dpop_bound_access_tokens": False},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"id_token_signed_response_alg": "RS256"},
        {"introspection_signed_response_alg": "RS256"},
        {"userinfo_signed_response_alg": "RS256"},
        {"signing_alg": "RS256"},
    ],
)
def test_what_contradicts_the_profile_is_refused(members: dict[str, Any]) -> None:
    """And never quietly overruled: whoever reads the file would believe it."""
    assert f"{next(iter(members))}: the profile fapi2" in refused(profile="fapi2", **KEYS, **members)


def test_what_agrees_with_the_profile_may_be_said() -> None:
    """Also what the profile leaves open."""
    table(
        profile="fapi2",
        token_endpoint_auth_method="private_key_jwt",
        require_pkce=True,
        id_token_signed_response_alg="ES256",
        trusted=True,
        **KEYS,
    )


def test_of_the_first_party_client_only_some_things_can_be_said() -> None:
    """It is public and refreshes, whatever a file says."""
    read = read_client_table(FIRST_PARTY, {"access_seconds": 60, "scopes": {NOTES: ["read"]}})

    assert (read.client.grant_types, read.client.is_public) == ({GrantType.REFRESH_TOKEN}, True)
    assert (read.client.lifetimes.access, read.default_audience) == (60, NOTES)
    for member in ({"grant_types": ["refresh_token"]}, {"trusted": True}, {"redirect_uris": [URI]}):
        with pytest.raises(DeclarationError) as caught:
            read_client_table(FIRST_PARTY, member)
        assert str(caught.value).startswith(next(iter(member)))


def test_the_tables_name_members_and_fields_that_there_are() -> None:
    """One line each adds a member; a misspelt one would be found by nobody else."""
    members = {field.name for field in msgspec.structs.fields(ClientTable)}

    assert ON_REGISTRATION.keys() | ON_LIFETIMES.keys() <= members
    assert set(ON_LIFETIMES.values()) == {field.name for field in fields(Lifetimes)}
    assert set(ON_REGISTRATION.values()) <= {field.name for field in msgspec.structs.fields(Registration)}
    assert {field.name for field in msgspec.structs.fields(ClientMetadata)} <= members


FIELDS = sorted({field.name for field in msgspec.structs.fields(Registration)} - NOT_THE_FILES)


@pytest.mark.parametrize("field", FIELDS)
def test_no_change_of_a_registration_goes_unseen(field: str) -> None:
    """What is not told is never compared, and so never applied. A new field is told, as a member or by the profile."""
    seen = []
    for base in (NOTHING_MORE, fapi2(NOTHING_MORE)):
        held = getattr(base, field)
        other = msgspec.structs.replace(base, **{field: not held if isinstance(held, bool) else OTHERWISE[field]})
        before, after = (replace(NO_CLIENT, registration=one) for one in (base, other))
        seen.append(told_client(before) != told_client(after))

    assert any(seen)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"grant_types": frozenset({GrantType.TOKEN_EXCHANGE})},
        {"signing_alg": "RS256"},
        {"disabled": True},
        *({"lifetimes": Lifetimes(**{field.name: 7})} for field in fields(Lifetimes)),
    ],
)
def test_nor_of_the_client(change: dict[str, Any]) -> None:
    assert told_client(replace(NO_CLIENT, **change)) != told_client(NO_CLIENT)


def test_what_is_told_reads_as_it_was() -> None:
    """But for what follows from the rest, and for the profile, which is said instead of its parts."""
    read = table(
        client_name="The App",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [dict(Key.generate("ES256").public().to_jwk())]},
        require_signed_request_object=True,
        opaque=True,
        authorization_details_types=["payment"],
        grant_types=["authorization_code", BEARER],
        assertion_issuers=[ISSUER],
        access_seconds=60,
        disabled=False,
    )
    again = read_client_table(
        "web", {name: value for name, value in told_client(read.client).items() if value is not None}
    )

    assert again == read


def told_keys(client: Client) -> object:
    return told_client(client).get("jwks")


def test_keys_are_told_as_they_are_and_not_as_they_are_written() -> None:
    """White space in the file is no difference."""
    tight, wide = (
        replace(NO_CLIENT, registration=Registration(jwks=text)) for text in ('{"keys":[]}', '{ "keys": [] }')
    )

    assert told_keys(tight) == told_keys(wide) == {"keys": []}
