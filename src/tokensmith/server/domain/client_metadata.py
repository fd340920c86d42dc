"""What a program says of itself when it registers, read into a client, and a client told back (RFC 7591 §2, §3.2.1).

What is not known is passed over, as RFC 7591 §2 demands; what is known and cannot be is refused, never quietly changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.certificate_names import CertificateName, NameKind, parse_certificate_name
from tokensmith.server.domain.client_keys import ASSERTION_ALGORITHMS, check_jwks
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import InvalidRequestError, OAuthError
from tokensmith.server.domain.redirect_uris import check_redirect_uri, loopback_host
from tokensmith.server.domain.registrations import BY_CERTIFICATE, DEFAULT_ID_TOKEN_ALG, AuthMethod, Registration
from tokensmith.server.domain.signing_keys import SIGNING_ALGS

MAX_URIS: Final = 32
OPEN_GRANTS: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE})
# RFC 7591 §2: of a program that does not say how it proves itself.
DEFAULT_METHOD: Final = "client_secret_basic"
_METHODS: Final = {
    DEFAULT_METHOD: AuthMethod.SECRET,
    "client_secret_post": AuthMethod.SECRET,
    "private_key_jwt": AuthMethod.PRIVATE_KEY_JWT,
    "none": AuthMethod.NONE,
    **{method.value: method for method in BY_CERTIFICATE},
}

_Uris = Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_URIS)]


class InvalidClientMetadataError(OAuthError):
    """A program cannot be what it says (RFC 7591 §3.2.2)."""

    code = "invalid_client_metadata"
    error = "invalid_client_metadata"


class InvalidRedirectUriError(OAuthError):
    """One of its redirect URIs cannot be one (RFC 7591 §3.2.2)."""

    code = "invalid_redirect_uri"
    error = "invalid_redirect_uri"


class ClientMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """The members that mean something here; the shape of a registration request."""

    redirect_uris: _Uris = ()
    post_logout_redirect_uris: _Uris = ()
    client_name: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    client_uri: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    grant_types: tuple[str, ...] = (GrantType.AUTHORIZATION_CODE.value,)
    response_types: tuple[str, ...] = ("code",)
    token_endpoint_auth_method: str | None = None
    jwks: Mapping[str, object] | None = None
    jwks_uri: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    tls_client_auth_subject_dn: str | None = None
    tls_client_auth_san_dns: str | None = None
    tls_client_auth_san_uri: str | None = None
    tls_client_auth_san_ip: str | None = None
    tls_client_auth_san_email: str | None = None
    request_object_signing_alg: str | None = None
    require_signed_request_object: bool = False
    backchannel_logout_uri: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    id_token_signed_response_alg: str = DEFAULT_ID_TOKEN_ALG
    userinfo_signed_response_alg: str | None = None
    introspection_signed_response_alg: str = DEFAULT_ID_TOKEN_ALG
    require_pushed_authorization_requests: bool = False
    dpop_bound_access_tokens: bool = False
    tls_client_certificate_bound_access_tokens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMetadata:
    """A program as it will be."""

    name: str
    grant_types: frozenset[GrantType]
    confidential: bool
    registration: Registration


def read_metadata(
    sent: ClientMetadata,
    *,
    fallback_name: str,
    default_method: str = DEFAULT_METHOD,
    by_certificate: frozenset[AuthMethod] = frozenset(),
    by_operator: bool = False,
) -> ReadMetadata:
    """Read a registration.

    Args:
        fallback_name: What people are shown where it has no name.
        default_method: How it proves itself where it does not say so.
        by_certificate: The ways to do so by a certificate that are offered.
        by_operator: Not the program says so, but an operator: every grant type, and addresses on loopback.

    Raises:
        InvalidRedirectUriError: a redirect URI that may not be registered (`invalid_redirect_uri`).
        InvalidClientMetadataError: anything else that cannot be; the message says what.
    """
    grants = _grant_types(sent, frozenset(GrantType) if by_operator else OPEN_GRANTS)
    for uri in (*sent.redirect_uris, *sent.post_logout_redirect_uris):
        _check_uri(uri)
    if GrantType.AUTHORIZATION_CODE in grants and not sent.redirect_uris:
        raise InvalidRedirectUriError("redirect_uris is missing.", code="redirect_uris_missing")
    _check_algorithms(sent)
    _check_addresses(sent, by_operator=by_operator)
    method = _method(sent.token_endpoint_auth_method or default_method, by_certificate)
    registration = Registration(
        redirect_uris=sent.redirect_uris,
        post_logout_redirect_uris=sent.post_logout_redirect_uris,
        auth_method=method,
        jwks=_keys(sent, method, by_operator=by_operator),
        jwks_uri=sent.jwks_uri,
        certificate_name=_certificate_name(sent, method),
        request_object_alg=_request_object_alg(sent),
        requires_signed=sent.require_signed_request_object,
        id_token_alg=sent.id_token_signed_response_alg,
        userinfo_alg=sent.userinfo_signed_response_alg,
        introspection_alg=sent.introspection_signed_response_alg,
        requires_pushed=sent.require_pushed_authorization_requests,
        binds_tokens=sent.dpop_bound_access_tokens,
        binds_to_certificate=_binds_to_certificate(sent, by_certificate),
        client_uri=sent.client_uri,
        backchannel_logout_uri=sent.backchannel_logout_uri,
    )
    return ReadMetadata(
        name=" ".join((sent.client_name or "").split()) or fallback_name,
        grant_types=grants,
        confidential=method is AuthMethod.SECRET,
        registration=registration,
    )


def told_metadata(client: Client) -> dict[str, JsonValue]:
    """Return a client as it is registered (RFC 7591 §3.2.1), less what only its owner has."""
    known = client.registration
    members: dict[str, JsonValue] = {
        "client_id": client.id,
        "client_name": client.name,
        "redirect_uris": list(known.redirect_uris),
        "post_logout_redirect_uris": list(known.post_logout_redirect_uris),
        "grant_types": sorted(grant.value for grant in client.grant_types),
        "response_types": ["code"] if GrantType.AUTHORIZATION_CODE in client.grant_types else [],
        "token_endpoint_auth_method": auth_method(client),
        "id_token_signed_response_alg": known.id_token_alg,
        "introspection_signed_response_alg": known.introspection_alg,
        "require_pushed_authorization_requests": known.requires_pushed,
        "dpop_bound_access_tokens": known.binds_tokens,
    }
    if known.binds_to_certificate:
        members["tls_client_certificate_bound_access_tokens"] = True
    if known.requires_signed:
        members["require_signed_request_object"] = True
    if known.request_object_alg is not None:
        members["request_object_signing_alg"] = known.request_object_alg
    if known.userinfo_alg is not None:
        members["userinfo_signed_response_alg"] = known.userinfo_alg
    for name in ("client_uri", "backchannel_logout_uri", "jwks_uri"):
        if (value := getattr(known, name)) is not None:
            members[name] = value
    if known.jwks is not None:
        members["jwks"] = msgspec.json.decode(known.jwks)
    if known.certificate_name is not None:
        members[known.certificate_name.kind.value] = known.certificate_name.value
    return members


def auth_method(client: Client) -> str:
    """Return how a client proves itself; of the two ways to send a secret, both of which are taken, the first."""
    return next(name for name, method in _METHODS.items() if method is client.auth_method)


def check_same_method(sent: str | None, held: str) -> None:
    """Refuse a change of how a client proves itself: a secret that was given out would be left lying about.

    Raises:
        InvalidClientMetadataError: it is one (`metadata_auth_method_changed`).
    """
    if sent is not None and _METHODS.get(sent) is not _METHODS[held]:
        text = "token_endpoint_auth_method stays what it is; register anew."
        raise _bad(text, code="metadata_auth_method_changed", detail=f"{held} → {sent}"[:100])


def _check_addresses(sent: ClientMetadata, *, by_operator: bool) -> None:
    if not _is_fetched(sent.backchannel_logout_uri, by_operator=by_operator):
        raise _bad("backchannel_logout_uri is an https URL.", code="metadata_logout_uri")
    if sent.client_uri is not None and not sent.client_uri.startswith("https://"):
        raise _bad("client_uri is an https URL.", code="metadata_client_uri")


def _check_algorithms(sent: ClientMetadata) -> None:
    for name in (
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "introspection_signed_response_alg",
    ):
        if getattr(sent, name) not in (None, *SIGNING_ALGS):
            raise _bad(f"{name} is not offered.", code="metadata_algorithm")


def _grant_types(sent: ClientMetadata, offered: frozenset[GrantType]) -> frozenset[GrantType]:
    names = {grant.value for grant in offered}
    if not sent.grant_types or not set(sent.grant_types) <= names:
        raise _bad(f"grant_types are among {' '.join(sorted(names))}.", code="metadata_grant_types")
    grants = frozenset(GrantType(value) for value in sent.grant_types)
    if set(sent.response_types) - {"code"}:
        raise _bad("response_types is code.", code="metadata_response_types")
    return grants


def _method(name: str, by_certificate: frozenset[AuthMethod]) -> AuthMethod:
    method = _METHODS.get(name)
    if method is None or method in BY_CERTIFICATE - by_certificate:
        raise _bad("token_endpoint_auth_method is not offered.", code="metadata_auth_method")
    return method


def _certificate_name(sent: ClientMetadata, method: AuthMethod) -> CertificateName | None:
    names = {kind: value for kind in NameKind if (value := getattr(sent, kind)) is not None}
    # RFC 8705 §2.1.2: exactly one, or it would not be clear which of them has to be there.
    if len(names) != (1 if method is AuthMethod.TLS else 0):
        raise _bad("tls_client_auth goes with one name of a certificate.", code="metadata_certificate_name")
    if not names:
        return None
    try:
        return parse_certificate_name(*names.popitem())
    except InvalidRequestError as error:
        raise _bad(str(error), code="metadata_certificate_name", detail=error.detail) from None


def _binds_to_certificate(sent: ClientMetadata, by_certificate: frozenset[AuthMethod]) -> bool:
    if sent.tls_client_certificate_bound_access_tokens and not by_certificate:
        raise _bad("Nobody is asked for a certificate here.", code="metadata_certificate_binding")
    return sent.tls_client_certificate_bound_access_tokens


def _request_object_alg(sent: ClientMetadata) -> str | None:
    alg = sent.request_object_signing_alg
    if alg not in (None, *ASSERTION_ALGORITHMS):
        raise _bad("request_object_signing_alg is not offered.", code="metadata_algorithm")
    if (alg is not None or sent.require_signed_request_object) and sent.jwks is None and sent.jwks_uri is None:
        raise _bad("Who signs requests registers keys.", code="metadata_keys")
    return alg


def _is_fetched(url: str | None, *, by_operator: bool) -> bool:
    # Where the server itself goes. What a program says of itself must not lead to this machine.
    return url is None or url.startswith("https://") or (by_operator and loopback_host(url) is not None)


def _keys(sent: ClientMetadata, method: AuthMethod, *, by_operator: bool) -> str | None:
    # RFC 7591 §2: one of the two at most.
    if sent.jwks is not None and sent.jwks_uri is not None:
        raise _bad("Register jwks or jwks_uri.", code="metadata_keys")
    if not _is_fetched(sent.jwks_uri, by_operator=by_operator):
        raise _bad("jwks_uri is an https URL.", code="metadata_keys")
    if method is AuthMethod.PRIVATE_KEY_JWT and sent.jwks is None and sent.jwks_uri is None:
        raise _bad("Who signs registers keys.", code="metadata_keys")
    if method is AuthMethod.SELF_SIGNED_TLS and sent.jwks is None:
        raise _bad("A certificate of one's own is registered in jwks.", code="metadata_keys")
    if sent.jwks is None:
        return None
    try:
        return check_jwks(encode(msgspec.to_builtins(sent.jwks)).decode())
    except InvalidRequestError as error:
        raise _bad(str(error), code="metadata_keys", detail=error.detail) from None


def _check_uri(uri: str) -> None:
    try:
        check_redirect_uri(uri)
    except InvalidRequestError as error:
        raise InvalidRedirectUriError(str(error), detail=error.detail) from None


def _bad(text: str, *, code: str, detail: str = "") -> InvalidClientMetadataError:
    return InvalidClientMetadataError(text, code=code, detail=detail)
