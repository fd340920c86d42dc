"""The discovery documents (RFC 8414 §2, OpenID Connect Discovery §3, RFC 9449 §5.1): what is on, and nothing else.

Both well-known names answer with the same members, so no reader learns of more than another. What is not there is not
in them: RFC 8414 §3.2 forbids empty arrays, and a promise of something that does not exist is worse than silence.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.guard.sender import DPOP_ALGORITHMS
from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.client_keys import ASSERTION_ALGORITHMS
from tokensmith.server.domain.identity import IDENTITY_SCOPES, claims_for
from tokensmith.server.domain.pkce import METHOD
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.flows.authorization_request import PROMPTS, RESPONSE_MODES
from tokensmith.server.web.cached import cached_response, entity_tag
from tokensmith.server.web.texts import LANGUAGES

MAX_AGE_SECONDS: Final = 300
OAUTH_PATH: Final = "/.well-known/oauth-authorization-server"
OPENID_PATH: Final = "/.well-known/openid-configuration"

_ALWAYS_CLAIMED: Final = ("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid", "at_hash")
# RFC 8705 §5: those that programs call, so that browsers elsewhere are not asked for a certificate.
_ALIASED: Final = frozenset(
    f"{name}_endpoint"
    for name in (
        "token",
        "revocation",
        "introspection",
        "pushed_authorization_request",
        "device_authorization",
        "userinfo",
    )
)
_PROVEN_METHODS: Final = ("client_secret_basic", "client_secret_post", "private_key_jwt")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataHandler:
    """The handler; the document is written once, at start."""

    body: bytes

    async def __call__(self, request: Request) -> Response:
        """Answer with the document."""
        etag = entity_tag(self.body)
        return cached_response(request, self.body, media_type="application/json", etag=etag, max_age=MAX_AGE_SECONDS)


def metadata_handler(
    issuer: str,
    *,
    paths: Mapping[str, str],
    grant_types: tuple[str, ...],
    client_documents: bool,
    by_certificate: Collection[str] = (),
    alias: str = "",
) -> MetadataHandler:
    """Make the handler.

    Args:
        paths: Where each endpoint is, by its member's name, below the issuer.
        grant_types: What `/token` serves.
        client_documents: Clients may be named by the URL of their document.
        by_certificate: The ways in which clients may prove themselves by a certificate (RFC 8705 §2).
        alias: Where the same endpoints are and certificates are asked for (§5); "" where the issuer's own do that.
    """
    members: dict[str, JsonValue] = {"issuer": issuer}
    members |= {name: issuer + path for name, path in paths.items()}
    members["grant_types_supported"] = sorted(grant_types)
    members["response_types_supported"] = ["code"]
    members["response_modes_supported"] = list(RESPONSE_MODES)
    members["code_challenge_methods_supported"] = [METHOD]
    members["authorization_response_iss_parameter_supported"] = True
    members["prompt_values_supported"] = list(PROMPTS)
    members["scopes_supported"] = sorted(IDENTITY_SCOPES)
    members["subject_types_supported"] = ["public"]
    members["id_token_signing_alg_values_supported"] = sorted(SIGNING_ALGS, reverse=True)
    for answer in ("userinfo", "introspection"):
        members[f"{answer}_signing_alg_values_supported"] = sorted(SIGNING_ALGS, reverse=True)
    members["claims_supported"] = sorted({*_ALWAYS_CLAIMED, *claims_for(IDENTITY_SCOPES)})
    members["claims_parameter_supported"] = True
    members["request_parameter_supported"] = True
    members["request_object_signing_alg_values_supported"] = list(ASSERTION_ALGORITHMS)
    # Core's default is true, and it means documents fetched from anywhere.
    members["request_uri_parameter_supported"] = False
    members["backchannel_logout_supported"] = True
    members["backchannel_logout_session_supported"] = True
    members["client_id_metadata_document_supported"] = client_documents
    members["ui_locales_supported"] = list(LANGUAGES)
    members["dpop_signing_alg_values_supported"] = list(DPOP_ALGORITHMS)
    members |= _client_methods([*_PROVEN_METHODS, *sorted(map(str, by_certificate))])
    if by_certificate:
        members["tls_client_certificate_bound_access_tokens"] = True
    if alias:
        members["mtls_endpoint_aliases"] = {name: alias + path for name, path in paths.items() if name in _ALIASED}
    return MetadataHandler(body=encode(members))


def _client_methods(proven: list[str]) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    for endpoint in ("token", "revocation"):
        members[f"{endpoint}_endpoint_auth_methods_supported"] = [*proven, "none"]
    # A public client may not ask about tokens: anybody could call itself by its name (RFC 7662 §2.1).
    members["introspection_endpoint_auth_methods_supported"] = [*proven]
    for endpoint in ("token", "revocation", "introspection"):
        members[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = list(ASSERTION_ALGORITHMS)
    return members


def well_known_paths(issuer_path: str) -> tuple[str, ...]:
    """Return every path at which the documents are looked for.

    RFC 8414 §3.1 puts the issuer's path behind the well-known name, OpenID Connect Discovery §4.1 in front of it, and
    RFC 8414 §5 has readers of the one try the form of the other. For an issuer at the root they are the same two.
    """
    inserted = (OAUTH_PATH + issuer_path, OPENID_PATH + issuer_path)
    appended = (issuer_path + OAUTH_PATH, issuer_path + OPENID_PATH)
    return tuple(dict.fromkeys((*inserted, *appended)))
