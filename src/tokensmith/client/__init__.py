"""A service or a tool that asks for tokens: for itself, in a person's name, or one token for another.

    client = Client("https://id.example", SecretClient("nightly", secret))
    tokens = client.tokens(ClientCredentials(resource="https://notes.example", scope="notes:read"))
    headers = tokens.headers_sync("GET", "https://notes.example/notes")

For httpx2 there is `tokensmith.client.with_httpx2.TokenAuth`.
"""

from tokensmith.client.client import Client
from tokensmith.client.code_flow import SignedIn, SignIn
from tokensmith.client.device import DeviceLogin
from tokensmith.client.errors import (
    ClientError,
    RefusedError,
    ServerUnavailableError,
    SignInAgainError,
    UnusableAnswerError,
)
from tokensmith.client.grants import AuthorizationCode, ClientCredentials, Grant, RefreshToken, TokenExchange
from tokensmith.client.proof_key import ProofKey
from tokensmith.client.token_answer import TokenAnswer
from tokensmith.client.token_source import TokenSource
from tokensmith.outbound.identity import ClientIdentity, KeyClient, PublicClient, SecretClient

__all__ = [
    "AuthorizationCode",
    "Client",
    "ClientCredentials",
    "ClientError",
    "ClientIdentity",
    "DeviceLogin",
    "Grant",
    "KeyClient",
    "ProofKey",
    "PublicClient",
    "RefreshToken",
    "RefusedError",
    "SecretClient",
    "ServerUnavailableError",
    "SignIn",
    "SignInAgainError",
    "SignedIn",
    "TokenAnswer",
    "TokenExchange",
    "TokenSource",
    "UnusableAnswerError",
]
