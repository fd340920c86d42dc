"""What a service says of itself, so that a client that knows its URL alone finds its way to a token (RFC 9728)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.guard.challenge import Answer
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.scopes import is_scope
from tokensmith.guard.sender import DPOP_ALGORITHMS, SenderCheck
from tokensmith.jose import strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.target import parse_target

_WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"
# It changes with a release of the service; a page in a browser may read it, having no credentials to send (§3.1).
_HEADERS: Final = (
    ("content-type", "application/json"),
    ("cache-control", "public, max-age=300"),
    ("access-control-allow-origin", "*"),
)


@dataclass(frozen=True, slots=True, init=False)
class ProtectedResource:
    """What a service publishes about itself beside what its guard knows: issuers, and how tokens are taken (§2).

    Args:
        scopes: The scopes to tell of; it need not be all.
        name: What people call the service.
        documentation: URL of a page for developers.
        policy: URL of a page about what clients may do with its data.
        terms: URL of its terms of service.

    Raises:
        TypeError: *scopes* is one string; it would be taken for a set of letters.
        ValueError: One of them is no scope, or a URL is none.
    """

    members: Mapping[str, JsonValue]

    def __init__(
        self,
        *,
        scopes: Collection[str] = (),
        name: str | None = None,
        documentation: str | None = None,
        policy: str | None = None,
        terms: str | None = None,
    ) -> None:
        if isinstance(scopes, str):
            raise TypeError("scopes is a collection of names")
        if bad := [scope for scope in scopes if not is_scope(scope)]:
            raise ValueError(f"{bad[0]!r:.64} is no scope")
        pages = {"resource_documentation": documentation, "resource_policy_uri": policy, "resource_tos_uri": terms}
        for page in filter(None, pages.values()):
            parse_target(page)
        told: dict[str, JsonValue] = {
            "scopes_supported": sorted(scopes),
            "resource_name": name,
            **pages,
        }
        # §3.2: a parameter without a value "MUST be omitted".
        object.__setattr__(self, "members", {member: value for member, value in told.items() if value})


class PublishedMetadata:
    """The document, ready, and where it is.

    Args:
        identifier: The service's public URL; clients compare it exactly with the one they called (§3.3).
        resource: What the service adds.
        issuers: Whose tokens are taken.
        sender: What is asked of the senders of tokens.

    Raises:
        ValueError: *identifier* is neither https nor on this machine.
    """

    __slots__ = ("_answer", "path", "url")

    def __init__(
        self, identifier: str, resource: ProtectedResource, *, issuers: Iterable[str], sender: SenderCheck
    ) -> None:
        target = parse_target(identifier)
        if target.scheme != "https" and not target.is_loopback:
            raise ValueError("a resource's identifier is reached over https, or on this machine")
        # §3.1: the well-known part goes between the host and the path.
        self.path = _WELL_KNOWN + target.path.removesuffix("/")
        self.url = target.origin + self.path
        document: dict[str, JsonValue] = {
            "resource": identifier,
            "authorization_servers": list(issuers),
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": list(DPOP_ALGORITHMS),
            **_constraints(sender),
            **resource.members,
        }
        self._answer = Answer(status=200, headers=_HEADERS, body=strict_json.encode(document))

    def answer_for(self, facts: RequestFacts) -> Answer | None:
        """Return the document where it was asked for, else None."""
        return self._answer if facts.method == "GET" and facts.path == self.path else None


def _constraints(sender: SenderCheck) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {
        "dpop_bound_access_tokens_required": sender.requires_proofs,
        "tls_client_certificate_bound_access_tokens": sender.takes_certificates,
    }
    # Both are false where they are not there.
    return {member: value for member, value in told.items() if value}
