"""From a refusal to the HTTP answer: status, WWW-Authenticate and body (RFC 6750 §3; RFC 9449 §7, 9470 §3, 9728 §5.1).

Adapters copy the answer and add nothing. The body repeats what the header says, for people who look there first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from tokensmith.guard.errors import (
    CrossSiteRequestError,
    GuardError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    NonceNeededError,
    Scheme,
    UnavailableError,
)
from tokensmith.jose import strict_json

# RFC 6750 §3: error_description has no double quote and no backslash, so escaping would not help.
_UNQUOTED: Final = {ord('"'): "'", ord("\\"): "/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished HTTP answer; header names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer_to(
    error: GuardError,
    *,
    realm: str | None = None,
    proof_algorithms: Sequence[str] = (),
    metadata_url: str | None = None,
    bearer: bool = True,
) -> Answer:
    """Say how to answer a request that was not let in.

    Args:
        realm: What challenges call the service.
        proof_algorithms: What DPoP proofs may be signed with; empty where bearer tokens alone are taken.
        metadata_url: Where the service says which issuers it trusts (RFC 9728 §5.1); None where it does not.
        bearer: Whether bearer tokens are taken at all.
    """
    headers = [("content-type", "application/json"), ("cache-control", "no-store")]
    if isinstance(error, UnavailableError):
        headers.append(("retry-after", str(error.retry_after)))
    elif not isinstance(error, CrossSiteRequestError):
        told = challenge(
            error, realm=realm, proof_algorithms=proof_algorithms, metadata_url=metadata_url, bearer=bearer
        )
        headers.append(("www-authenticate", told))
    if isinstance(error, NonceNeededError):
        headers.append(("dpop-nonce", error.nonce))
    return Answer(
        status=error.status,
        headers=tuple(headers),
        body=strict_json.encode({"error": error.error or "unauthorized", "error_description": _description(error)}),
    )


def challenge(
    error: GuardError,
    *,
    realm: str | None = None,
    proof_algorithms: Sequence[str] = (),
    metadata_url: str | None = None,
    bearer: bool = True,
) -> str:
    """Write the WWW-Authenticate value for *error*.

    Without credentials there is nothing to explain: RFC 6750 §3.1 wants a bare challenge then. What there is to explain
    goes into the challenge of the scheme that was used; the other scheme is only named, and only where another token
    would help (RFC 9449 §7.2).
    """
    told = _told(error)
    # RFC 9449 §7.2: where bearer tokens are of no use, that scheme is not offered.
    offered: dict[Scheme, bool] = {"Bearer": bearer, "DPoP": bool(proof_algorithms)}
    schemes = [scheme for scheme, is_offered in offered.items() if is_offered]
    used = error.scheme if error.scheme in schemes else schemes[0]
    if error.status != HTTPStatus.UNAUTHORIZED:
        schemes = [used]
    challenges = []
    metadata = [] if metadata_url is None else [("resource_metadata", metadata_url)]
    for scheme in schemes:
        parameters = [] if realm is None else [("realm", quote(realm))]
        parameters += told if scheme == used else []
        parameters += [("algs", " ".join(proof_algorithms))] if scheme == "DPoP" else []
        parameters += metadata
        challenges.append(" ".join([scheme, ", ".join(f'{name}="{value}"' for name, value in parameters)]).rstrip())
    return ", ".join(challenges)


def _told(error: GuardError) -> list[tuple[str, str]]:
    told = [] if error.error is None else [("error", error.error), ("error_description", _description(error))]
    if isinstance(error, InsufficientScopeError) and error.scopes:
        told.append(("scope", " ".join(sorted(error.scopes))))
    if isinstance(error, InsufficientAuthenticationError):
        told += [("acr_values", " ".join(error.acr))] if error.acr else []
        told += [] if error.max_age is None else [("max_age", str(error.max_age))]
    return told


def quote(text: str) -> str:
    """Escape *text* for the inside of a quoted-string (RFC 9110 §5.6.4).

    Raises:
        ValueError: It has characters outside printable ASCII: a line feed here would be a header of its own.
    """
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a realm is printable ASCII")
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _description(error: GuardError) -> str:
    text = str(error).translate(_UNQUOTED)
    return "".join(character if " " <= character <= "~" else "?" for character in text)
