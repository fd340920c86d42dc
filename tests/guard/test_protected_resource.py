"""What a service publishes about itself (RFC 9728)."""

import json
from typing import Any

import pytest

from tokensmith.guard import (
    ClientCertificates,
    Guard,
    Issuer,
    MissingTokenError,
    ProtectedResource,
    RequestFacts,
    SenderConstraint,
)
from tokensmith.guard.protected_resource import PublishedMetadata
from tokensmith.guard.sender import DPOP_ALGORITHMS, SenderCheck

ISSUERS = ["https://id.example", "https://other.example"]
SENDER = SenderCheck()
LEAST = {
    "authorization_servers": ISSUERS,
    "bearer_methods_supported": ["header"],
    "dpop_signing_alg_values_supported": list(DPOP_ALGORITHMS),
}


def published(identifier: str, **said: Any) -> PublishedMetadata:
    return PublishedMetadata(identifier, ProtectedResource(**said), issuers=ISSUERS, sender=SENDER)


def asked(url: str, *, method: str = "GET") -> RequestFacts:
    return RequestFacts(method=method, url=url, headers=[])


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://api.example", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/notes", "https://api.example/.well-known/oauth-protected-resource/notes"),
        ("https://api.example/a/b/", "https://api.example/.well-known/oauth-protected-resource/a/b"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001/.well-known/oauth-protected-resource"),
    ],
)
def test_the_document_is_where_clients_look(identifier: str, url: str) -> None:
    """§3.1: the well-known part goes between host and path."""
    metadata = published(identifier)
    answer = metadata.answer_for(asked(url))

    assert (metadata.url, metadata.path) == (url, url[url.index("/.well") :])
    assert answer is not None
    assert answer.status == 200
    # §3.3: what clients compare with the URL they called, and so as it was given.
    assert json.loads(answer.body) == {"resource": identifier, **LEAST}


def test_what_the_service_adds_is_told() -> None:
    """§2, and an order of scopes that does not change."""
    metadata = published(
        "https://api.example",
        scopes={"notes:write", "notes:read"},
        name="Notes",
        documentation="https://api.example/docs",
        policy="https://api.example/policy",
        terms="https://api.example/terms",
    )
    answer = metadata.answer_for(asked(metadata.url))

    assert answer is not None
    assert json.loads(answer.body) == {
        "resource": "https://api.example",
        **LEAST,
        "scopes_supported": ["notes:read", "notes:write"],
        "resource_name": "Notes",
        "resource_documentation": "https://api.example/docs",
        "resource_policy_uri": "https://api.example/policy",
        "resource_tos_uri": "https://api.example/terms",
    }


@pytest.mark.parametrize(
    ("constraint", "told"),
    [
        (SenderConstraint(policy="require"), {"dpop_bound_access_tokens_required": True}),
        (SenderConstraint(certificates=ClientCertificates()), {"tls_client_certificate_bound_access_tokens": True}),
        (
            SenderConstraint(policy="require", certificates=ClientCertificates()),
            {"tls_client_certificate_bound_access_tokens": True},
        ),
    ],
)
def test_what_is_asked_of_senders_is_told(constraint: SenderConstraint, told: dict[str, bool]) -> None:
    """§2: both members are false where they are not there; DPoP is not required where a certificate will do."""
    issuer = Issuer("https://id.example", audience="https://api.example")
    guard = Guard(issuer, public_url="https://api.example", sender=constraint, resource=ProtectedResource())
    answer = guard.document_for(asked("https://api.example/.well-known/oauth-protected-resource"))

    assert answer is not None
    document = json.loads(answer.body)
    flags = ("dpop_bound_access_tokens_required", "tls_client_certificate_bound_access_tokens")
    assert {name: document[name] for name in flags if name in document} == told


def test_any_other_request_is_none_of_its_business() -> None:
    metadata = published("https://api.example/notes")

    assert metadata.answer_for(asked(metadata.url + "?a=b")) is not None
    for facts in (
        asked(metadata.url, method="POST"),
        asked(metadata.url, method="HEAD"),
        asked(metadata.url + "/"),
        asked(metadata.url.removesuffix("/notes")),
        asked("https://api.example/notes"),
    ):
        assert metadata.answer_for(facts) is None


def test_a_page_in_a_browser_may_read_it() -> None:
    metadata = published("https://api.example")
    answer = metadata.answer_for(asked(metadata.url))

    assert answer is not None
    assert dict(answer.headers)["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("scope", ["", "notes read", 'notes"', "notes\n", "é"])
def test_what_is_no_scope_is_not_told(scope: str) -> None:
    """RFC 6749 §3.3."""
    with pytest.raises(ValueError, match="scope"):
        ProtectedResource(scopes=["notes:read", scope])


def test_one_text_is_no_collection_of_scopes() -> None:
    with pytest.raises(TypeError):
        ProtectedResource(scopes="notes")


@pytest.mark.parametrize("page", ["documentation", "policy", "terms"])
def test_a_page_has_a_url(page: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        ProtectedResource(**{page: "javascript:alert(1)"})


def test_the_identifier_is_https_or_on_this_machine() -> None:
    """RFC 9728 §1.2."""
    with pytest.raises(ValueError, match="https"):
        published("http://api.example")


def test_a_guard_publishes_under_its_public_url() -> None:
    issuer = Issuer("https://id.example", audience="https://api.example")
    guard = Guard(issuer, public_url="https://api.example", resource=ProtectedResource())
    silent = Guard(issuer, public_url="https://api.example")
    url = "https://api.example/.well-known/oauth-protected-resource"
    answer = guard.document_for(asked(url))

    assert answer is not None
    assert json.loads(answer.body)["authorization_servers"] == ["https://id.example"]
    assert guard.metadata_path == "/.well-known/oauth-protected-resource"
    assert guard.document_for(asked("https://api.example/notes")) is None
    assert (silent.metadata_path, silent.document_for(asked(url))) == (None, None)
    with pytest.raises(ValueError, match="public_url"):
        Guard(issuer, resource=ProtectedResource())


def test_every_challenge_says_where_it_is() -> None:
    """P96, §5.1: for Bearer and for DPoP."""
    issuer = Issuer("https://id.example", audience="https://api.example")
    guard = Guard(issuer, public_url="https://api.example", realm="notes", resource=ProtectedResource())
    answer = guard.answer_to(MissingTokenError("This resource needs an access token.", code="missing_token"))
    told = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource"'
    challenges = dict(answer.headers)["www-authenticate"]

    assert challenges.startswith(f'Bearer realm="notes", {told}, DPoP realm="notes", algs="ES256 ')
    assert challenges.endswith(f'", {told}')
