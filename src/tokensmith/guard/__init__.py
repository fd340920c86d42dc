"""May this request do this? Access tokens, checked where they are used, with nobody asked per request."""

from tokensmith.guard.deny_list import DenyList
from tokensmith.guard.errors import (
    CrossSiteRequestError,
    DeniedError,
    GuardError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidProofError,
    InvalidTokenError,
    MalformedRequestError,
    MissingTokenError,
    NonceNeededError,
    UnavailableError,
)
from tokensmith.guard.explain import Explanation
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.guard import Ages, Guard
from tokensmith.guard.introspection import Introspection
from tokensmith.guard.issuer import Issuer
from tokensmith.guard.keys import FixedKeys, RemoteKeys
from tokensmith.guard.need import Need
from tokensmith.guard.principal import Principal
from tokensmith.guard.protected_resource import ProtectedResource
from tokensmith.guard.sender import (
    Claimed,
    ClientCertificates,
    ProofMemory,
    SeenProofs,
    SenderConstraint,
    remembered_from,
)
from tokensmith.guard.token_cookie import TokenCookie, csrf_value

__all__ = [
    "Ages",
    "Claimed",
    "ClientCertificates",
    "CrossSiteRequestError",
    "DeniedError",
    "DenyList",
    "Explanation",
    "FixedKeys",
    "Guard",
    "GuardError",
    "InsufficientAuthenticationError",
    "InsufficientScopeError",
    "Introspection",
    "InvalidProofError",
    "InvalidTokenError",
    "Issuer",
    "MalformedRequestError",
    "MissingTokenError",
    "Need",
    "NonceNeededError",
    "Principal",
    "ProofMemory",
    "ProtectedResource",
    "RemoteKeys",
    "RequestFacts",
    "SeenProofs",
    "SenderConstraint",
    "TokenCookie",
    "UnavailableError",
    "csrf_value",
    "remembered_from",
]
