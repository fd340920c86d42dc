"""What a client is registered with besides its secret and its permissions (RFC 7591 §2, OpenID Registration §2)."""

from enum import StrEnum
from typing import Final

import msgspec

from tokensmith.server.domain.certificate_names import CertificateName

# Core §3.1.3.7: RS256 unless the client asked for another; ES256 is the server's other kind of key.
DEFAULT_ID_TOKEN_ALG: Final = "RS256"


class AuthMethod(StrEnum):
    """How a client proves who it is (RFC 6749 §2.3, RFC 7523, RFC 8705 §2).

    A secret may stand in the header or in the form. A certificate is that of the connection.
    """

    NONE = "none"
    SECRET = "client_secret"
    PRIVATE_KEY_JWT = "private_key_jwt"
    TLS = "tls_client_auth"
    SELF_SIGNED_TLS = "self_signed_tls_client_auth"


BY_CERTIFICATE: Final = frozenset({AuthMethod.TLS, AuthMethod.SELF_SIGNED_TLS})


class AssertionIssuer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody whose word is taken for who a person is (RFC 7523 §2.1), with their keys or where those are."""

    issuer: str
    jwks: str | None = None
    jwks_uri: str | None = None


class Registration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A client's metadata; what is left at its default is not stored.

    Attributes:
        redirect_uris: Where codes may be sent, each compared as a whole (RFC 9700 §2.1).
        post_logout_redirect_uris: Where a browser may go after signing out (RP-Initiated Logout §3.1).
        auth_method: How it proves itself. None: by its keys where it has some, by its secret where it has one.
        jwks: The client's own keys as a JWK Set in JSON.
        jwks_uri: Where it publishes them instead.
        certificate_name: Which name the certificates that prove it have; None where it proves itself otherwise.
        request_object_alg: The one algorithm its request objects are signed with (RFC 9101 §10.4); None: any of ours.
        signs_with: The algorithms of what it signs; none: any of ours.
        requires_signed: Its requests must come as such objects (RFC 9101 §10.5).
        id_token_alg: What its ID tokens are signed with.
        userinfo_alg: What UserInfo answers are signed with (Core §5.3.2); None: they are plain JSON.
        introspection_alg: What introspection answers are signed with where a signed one is asked for (RFC 9701 §6).
        assertion_issuers: Whose assertions it may bring instead of a person, for people of our own names.
        detail_types: Which types of authorization details it may ask for (RFC 9396 §10).
        trusted: People are not asked before it gets what it asks for: a program of the house itself.
        requires_pkce: Off only for clients that came before RFC 7636, and for certification.
        requires_pushed: Requests must come by `/par` (RFC 9126 §6).
        names_redirect_uri: Its requests name one, though there may be only one (FAPI 2.0 §5.3.2.2).
        rotates: Another refresh token with every use. Off only where the token alone is of no use to anybody.
        binds_tokens: No token without a proof of possession (RFC 9449 §5.2).
        binds_to_certificate: No token that is not bound to the certificate of its connection, or by a proof to a key
            (RFC 8705 §3.4).
        opaque: Its access tokens can be read by this server alone; who gets one asks (RFC 7662).
        client_uri: Its home page.
        logo: The digest of its picture, where an operator gave it one (`domain/logos.py`).
        document_read_at_ms: When it was read from the document that is its name; None for every other client.
        backchannel_logout_uri: Where it hears that a person signed out (Back-Channel Logout §2.2).
        management_digest: SHA-256, in hexadecimal, of the token with which it looks after its own registration
            (RFC 7592); None for a client that an operator made.
    """

    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    auth_method: AuthMethod | None = None
    jwks: str | None = None
    jwks_uri: str | None = None
    certificate_name: CertificateName | None = None
    request_object_alg: str | None = None
    signs_with: tuple[str, ...] = ()
    requires_signed: bool = False
    id_token_alg: str = DEFAULT_ID_TOKEN_ALG
    userinfo_alg: str | None = None
    introspection_alg: str = DEFAULT_ID_TOKEN_ALG
    assertion_issuers: tuple[AssertionIssuer, ...] = ()
    detail_types: tuple[str, ...] = ()
    trusted: bool = False
    requires_pkce: bool = True
    requires_pushed: bool = False
    names_redirect_uri: bool = False
    rotates: bool = True
    binds_tokens: bool = False
    binds_to_certificate: bool = False
    opaque: bool = False
    client_uri: str | None = None
    logo: str | None = None
    document_read_at_ms: int | None = None
    backchannel_logout_uri: str | None = None
    management_digest: str | None = None

    @property
    def has_keys(self) -> bool:
        """Whether what it signs can be verified."""
        return self.jwks is not None or self.jwks_uri is not None

    def after(self, before: "Registration | None") -> "Registration":
        """Return what a program says of itself now, with what an operator has allowed it meanwhile (`detail_types`)."""
        return self if before is None else msgspec.structs.replace(self, detail_types=before.detail_types)

    @property
    def is_vouched_for(self) -> bool:
        """Whether an operator wrote it down. What a program says of itself leads nowhere in the operator's network."""
        return self.management_digest is None and self.document_read_at_ms is None


NOTHING_MORE: Final = Registration()
