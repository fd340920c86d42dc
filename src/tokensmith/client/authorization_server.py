"""The server that is asked: where its endpoints are, who we are to it, and one request at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.client.errors import ClientError, RefusedError, ServerUnavailableError
from tokensmith.client.grants import Grant
from tokensmith.client.proof_key import ProofKey
from tokensmith.client.token_answer import TokenAnswer, read_answer, refusal_of, unusable
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.discovery import Discovered, DocumentError
from tokensmith.outbound.identity import ClientIdentity
from tokensmith.outbound.outside import Outside
from tokensmith.outbound.post import Form
from tokensmith.outbound.target import parse_target

_MAX_ANSWER_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where a server takes which request (RFC 8414 §2); None where it takes none.

    Attributes:
        names_itself: Whether every answer through a browser has its name (RFC 9207 §3).
    """

    token: str
    authorization: str | None = None
    device: str | None = None
    revocation: str | None = None
    end_session: str | None = None
    jwks: str | None = None
    names_itself: bool = False


class AuthorizationServer:
    """One authorization server, as one client sees it.

    Args:
        issuer: Its name, exactly as its metadata spells it.
        identity: Who we are.
        proof_key: The key that tokens are to be bound to; None asks for bearer tokens.

    Raises:
        ValueError: *issuer* is no https URL, nor one of this machine.
    """

    def __init__(self, issuer: str, identity: ClientIdentity, proof_key: ProofKey | None) -> None:
        self.issuer = issuer
        self.proof_key = proof_key
        self.client_id = identity.client_id
        self._identity = identity
        self.rules = FetchRules(trusted_origin=parse_target(issuer).origin, max_bytes=_MAX_ANSWER_BYTES)
        try:
            self.rules.admit(issuer)
        except FetchError as error:
            raise ValueError(f"{issuer}: {error}") from None
        self._endpoints = Discovered(issuer, self.rules, _read_endpoints)

    async def ask(self, grant: Grant, outside: Outside) -> TokenAnswer:
        """Ask for a token.

        Raises:
            ClientError: There is none; see `errors`.
        """
        endpoints = await self.endpoints(outside)
        answer = read_answer(await self.post(endpoints.token, grant.form(), outside, proves=True))
        # RFC 9449 §5: a server that knows nothing of proofs answers with a token that is bound to nothing.
        if (answer.token_type == "DPoP") != (self.proof_key is not None):
            raise unusable(f"token_type {answer.token_type} was not asked for")
        return answer

    async def post(self, url: str, form: Form, outside: Outside, *, proves: bool = False) -> Response:
        """Send a form as this client; whatever status the answer has.

        Args:
            proves: Whether a proof of the key goes with it, where there is a key.

        Raises:
            ServerUnavailableError: No answer came ("server_unreachable").
        """
        if not proves or self.proof_key is None:
            return await self._post_once(url, form, outside, proves=False)
        sent = self.proof_key.nonce_for(url)
        answer = await self._post_once(url, form, outside, proves=True)
        told = answer.headers.get("dpop-nonce")
        self.proof_key.learn(url, told)
        # Compared with what was sent, not with what is known: another request may have been told meanwhile.
        if told and told != sent and answer.status != 200 and _wants_nonce(answer):
            # RFC 9449 §8: with the nonce it just told us. Once: a server that wants another one every time is broken.
            answer = await self._post_once(url, form, outside, proves=True)
            self.proof_key.learn(url, answer.headers.get("dpop-nonce"))
        return answer

    def headers(self, answer: TokenAnswer, method: str, url: str) -> dict[str, str]:
        """Return the headers that let a request to a service pass: a token, and a proof where it is bound to a key."""
        headers = {"Authorization": f"{answer.token_type} {answer.access_token}"}
        if self.proof_key is not None:
            headers["DPoP"] = self.proof_key.proof(method, url, access_token=answer.access_token)
        return headers

    async def endpoints(self, outside: Outside) -> Endpoints:
        """Return where to send what, as the server's metadata of the last hour has it.

        Raises:
            ServerUnavailableError: The metadata could not be had ("discovery_failed").
        """
        try:
            return await self._endpoints.get(outside)
        except DocumentError as error:
            raise ServerUnavailableError(
                "The authorization server's metadata cannot be had.", code="discovery_failed", detail=str(error)
            ) from error

    async def _post_once(self, url: str, form: Form, outside: Outside, *, proves: bool) -> Response:
        introduction = self._identity.introduce(self.issuer)
        headers = {"Accept": "application/json", **dict(introduction.headers)}
        if proves and self.proof_key is not None:
            headers["DPoP"] = self.proof_key.proof("POST", url)
        try:
            return await outside.post(url, self.rules, headers, [*form, *introduction.form])
        except FetchError as error:
            raise ServerUnavailableError(
                "The authorization server cannot be reached.",
                code="server_unreachable",
                detail=f"{error.code}: {error} {error.detail}",
            ) from error


def check_done(answer: Response) -> None:
    """Raise what an answer stands for that should have been a plain 200.

    Raises:
        ClientError: See `refusal_of`.
    """
    if answer.status != 200:
        raise refusal_of(answer)


def not_offered(what: str) -> ClientError:
    """Make the error for something that the server's metadata does not name."""
    return RefusedError(
        f"The authorization server offers no {what}.", code="not_offered", error="unsupported", detail=what
    )


def _wants_nonce(answer: Response) -> bool:
    error = refusal_of(answer)
    return isinstance(error, RefusedError) and error.error == "use_dpop_nonce"


def _read_endpoints(document: Mapping[str, JsonValue]) -> Endpoints:
    token = document.get("token_endpoint")
    if not isinstance(token, str):
        raise DocumentError("it has no token_endpoint")
    return Endpoints(
        token=token,
        authorization=_url(document, "authorization_endpoint"),
        device=_url(document, "device_authorization_endpoint"),
        revocation=_url(document, "revocation_endpoint"),
        end_session=_url(document, "end_session_endpoint"),
        jwks=_url(document, "jwks_uri"),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _url(document: Mapping[str, JsonValue], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) else None
