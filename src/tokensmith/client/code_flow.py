"""Signing in through a browser: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636, RFC 9207).

There are two halves with a person in between. What the first one makes up is kept for the second, bound to the browser
that began: a code that comes back to another one was somebody else's sign-in.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from tokensmith.client.authorization_server import AuthorizationServer, not_offered
from tokensmith.client.errors import RefusedError, SignInAgainError
from tokensmith.client.grants import AuthorizationCode, present
from tokensmith.client.id_token import read_id_token
from tokensmith.client.token_answer import TokenAnswer
from tokensmith.jose.jwt import Claims
from tokensmith.outbound.outside import Outside

_RANDOM_BYTES: Final = 32
_OPENID: Final = "openid"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in that has begun; keep it where only the browser that began can reach it, and for ten minutes at most.

    Attributes:
        state: Comes back with the code.
        verifier: Proves at the token endpoint that the one who redeems the code is the one who began (RFC 7636).
        nonce: Comes back in the ID token.
        redirect_uri: Where the browser comes back to.
        scope: What was asked for.
    """

    state: str
    verifier: str = field(repr=False)
    nonce: str
    redirect_uri: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A sign-in that has ended well.

    Attributes:
        answer: The tokens.
        claims: Who the person is, by the ID token; None where "openid" was not asked for.
    """

    answer: TokenAnswer
    claims: Claims | None


async def start_sign_in(
    server: AuthorizationServer, outside: Outside, *, redirect_uri: str, scope: str, resource: str | None
) -> tuple[SignIn, str]:
    """Begin; return what to keep, and the URL to send the browser to.

    Raises:
        ClientError: The server does not offer it ("not_offered"), or its metadata cannot be had.
    """
    endpoint = (await server.endpoints(outside)).authorization
    if endpoint is None:
        raise not_offered("sign-in through a browser")
    started = SignIn(
        state=secrets.token_urlsafe(_RANDOM_BYTES),
        verifier=secrets.token_urlsafe(_RANDOM_BYTES),
        nonce=secrets.token_urlsafe(_RANDOM_BYTES),
        redirect_uri=redirect_uri,
        scope=scope,
    )
    digest = hashlib.sha256(started.verifier.encode("ascii")).digest()
    parameters = {
        "response_type": "code",
        "client_id": server.client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": started.state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
        "nonce": started.nonce if _wants_id_token(scope) else None,
        "resource": resource,
        # RFC 9449 §10: the code, too, is worth nothing without the key.
        "dpop_jkt": None if server.proof_key is None else server.proof_key.thumbprint,
    }
    return started, _with_query(endpoint, parameters)


async def finish_sign_in(
    server: AuthorizationServer, outside: Outside, started: SignIn, parameters: Mapping[str, str]
) -> SignedIn:
    """End it with what the browser brought back.

    Args:
        parameters: Those of the URL it came back to, each once.

    Raises:
        SignInAgainError: It is not this sign-in's answer ("sign_in_mismatch"), or the person said no ("grant_over").
        ClientError: As `AuthorizationServer.ask` and `read_id_token`.
    """
    endpoints = await server.endpoints(outside)
    if not hmac.compare_digest(parameters.get("state", "").encode(), started.state.encode()):
        raise _mismatch("state")
    issuer = parameters.get("iss")
    # RFC 9207 §2.4: or another server's code would be shown to this one.
    if issuer != server.issuer and (issuer is not None or endpoints.names_itself):
        raise _mismatch(f"iss={issuer!r:.256}")
    if "error" in parameters:
        raise _refused(parameters)
    code = AuthorizationCode(parameters.get("code", ""), redirect_uri=started.redirect_uri, verifier=started.verifier)
    answer = await server.ask(code, outside)
    if not _wants_id_token(started.scope):
        return SignedIn(answer=answer, claims=None)
    claims = await read_id_token(
        answer,
        issuer=server.issuer,
        client_id=server.client_id,
        nonce=started.nonce,
        jwks_uri=endpoints.jwks,
        rules=server.rules,
        outside=outside,
    )
    return SignedIn(answer=answer, claims=claims)


async def end_session_url(
    server: AuthorizationServer, outside: Outside, *, id_token: str | None, return_to: str | None
) -> str | None:
    """Return where a browser signs out of the server (RP-Initiated Logout §2); None where it cannot.

    Raises:
        ServerUnavailableError: The server's metadata cannot be had.
    """
    endpoint = (await server.endpoints(outside)).end_session
    if endpoint is None:
        return None
    parameters = {
        "client_id": server.client_id,
        "id_token_hint": id_token,
        "post_logout_redirect_uri": return_to,
    }
    return _with_query(endpoint, parameters)


def _with_query(url: str, parameters: Mapping[str, str | None]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(present(parameters.items()))}"


def _wants_id_token(scope: str) -> bool:
    return _OPENID in scope.split(" ")


def _mismatch(detail: str) -> SignInAgainError:
    message = "What came back is no answer to this sign-in."
    return SignInAgainError(message, code="sign_in_mismatch", error="invalid_request", detail=detail)


def _refused(parameters: Mapping[str, str]) -> RefusedError:
    error = parameters["error"]
    detail = f"{error!r:.64}: {parameters.get('error_description', '')!r:.256}"
    if error in ("access_denied", "login_required", "interaction_required", "consent_required"):
        return SignInAgainError("The person did not sign in.", code="grant_over", error=error, detail=detail)
    message = f"The authorization server refused: {error!r:.64}."
    return RefusedError(message, code="request_refused", error=error, detail=detail)
