"""A relying party as the OpenID Foundation's suite plays one: it asks, is answered, redeems, and looks at everything.

It sends no PKCE unless told to, as the suite sends none, so its clients are registered with `requires_pkce=False`. What
it knows of the server it has read from the discovery document.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import httpx2
import pytest

from tests.server.conformance import token_checks
from tests.server.flows.world import World
from tests.server.web.served import Served
from tests.server.web.visitor import CHALLENGE, VERIFIER, Visitor
from tokensmith.jose import Key, jwt
from tokensmith.outbound.identity import ASSERTION_TYPE
from tokensmith.server.web.oauth.metadata import OPENID_PATH

CALLBACK: Final = "https://suite.example/callback"
SIGNED_OUT: Final = "https://suite.example/post_logout_redirect"

ResponseMode = Literal["query", "form_post"]
# The Form Post plan is the Basic plan over again, with its answers posted.
BASIC_AND_FORM_POST: Final = pytest.mark.parametrize(
    "response_mode", [pytest.param("query", id="basic"), pytest.param("form_post", id="form-post")]
)
# RFC 6749 §4.1.2.1, RFC 9207 §2: nothing else belongs into an error.
_OF_AN_ERROR: Final = {"error", "error_description", "error_uri", "state", "iss"}
_NEEDS_A_PAGE: Final = {"interaction_required", "login_required", "account_selection_required", "consent_required"}


async def make_client(world: World, client_id: str, **members: Any) -> None:
    """A client of the suite's; *members* are those of its registration."""
    registration = {"redirect_uris": (CALLBACK,), "post_logout_redirect_uris": (SIGNED_OUT,), "requires_pkce": False}
    await world.make_web_client(client_id, **registration | members)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in that went well: what was asked, what was answered, and the ID token, checked."""

    request: dict[str, str]
    code: str
    tokens: dict[str, Any]
    id_token: token_checks.ReadToken

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of the ID token."""
        return self.id_token.claims


@dataclass(kw_only=True)
class RelyingParty:
    """One client, the browser that it sends to the server, and how it wants to be answered.

    *key* is the one that it signs with, where it proves itself by `private_key_jwt`.
    """

    served: Served
    browser: Visitor
    metadata: dict[str, Any]
    response_mode: ResponseMode
    client_id: str = "suite"
    authenticates_by: Literal["client_secret_basic", "client_secret_post", "private_key_jwt"] = "client_secret_basic"
    key: Key | None = None
    uses_pkce: bool = False

    @classmethod
    async def at(cls, served: Served, browser: Visitor, response_mode: ResponseMode) -> Self:
        """Discover the server."""
        metadata = (await served.get(OPENID_PATH)).json()
        return cls(served=served, browser=browser, metadata=metadata, response_mode=response_mode)

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of a request; a change to None leaves one out."""
        parameters: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": secrets.token_urlsafe(10),
            "nonce": secrets.token_urlsafe(10),
            "response_type": "code",
            "response_mode": None if self.response_mode == "query" else self.response_mode,
            "code_challenge": CHALLENGE if self.uses_pkce else None,
            "code_challenge_method": "S256" if self.uses_pkce else None,
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    async def ask(self, request: dict[str, str]) -> None:
        """Send the browser to the server, and see what becomes of it."""
        await self.browser.go(self.metadata["authorization_endpoint"], params=request)

    async def person_answers(self) -> list[str]:
        """Let the person do what the pages ask; returns what they asked, in order."""
        asked = []
        while (page := self.page_shown) is not None:
            asked.append(page)
            await (self.browser.sign_in() if page == "sign-in" else self.browser.allow())
        return asked

    @property
    def page_shown(self) -> str | None:
        """The page of the server that waits for the person; None where the client is answered, or nothing goes on."""
        if self.browser.status != 200:
            return None
        _, account, name = (self.browser.page.action or "").rpartition("/account/")
        return name.partition("?")[0] if account else None

    @property
    def answer(self) -> dict[str, str]:
        """What arrives at the redirect URI: by a redirect, or by a form that posts itself (Form Post §2)."""
        response = self.browser.response
        if self.response_mode == "query":
            assert self.browser.sent_to == CALLBACK, response.text
            return self.browser.told
        assert response.status_code == 200, response.text
        assert self.browser.page.action == CALLBACK
        assert '<form method="post"' in response.text
        assert "location" not in response.headers
        return self.browser.page.fields

    async def sign_in(self, **changes: str | None) -> SignIn:
        """Do all of it, check it as every module does, and ask UserInfo."""
        request = self.request(**changes)
        await self.ask(request)
        await self.person_answers()
        return await self.complete(request)

    async def complete(self, request: dict[str, str]) -> SignIn:
        """Go on from the answer to *request*."""
        code = self.code_in_answer_to(request)
        response = await self.redeem(code)
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        token_checks.check_token_response(response)
        id_token = await self.read_token(tokens["id_token"])
        token_checks.check_id_token(
            id_token, self.metadata, client_id=self.client_id, nonce=request.get("nonce"), now=self.served.world.now()
        )
        assert (await self.user_info(tokens["access_token"])).status_code == 200
        return SignIn(request=request, code=code, tokens=tokens, id_token=id_token)

    def code_in_answer_to(self, request: dict[str, str]) -> str:
        """The code, of an answer that is one to *request* (RFC 6749 §4.1.2, RFC 9207 §2.4)."""
        answer = self.answer
        assert answer.keys() == {"code", "state", "iss"}
        assert (answer["state"], answer["iss"]) == (request["state"], self.metadata["issuer"])
        return answer["code"]

    def error_in_answer_to(self, request: dict[str, str]) -> str:
        """The error, of an answer that is a whole one to *request* (RFC 6749 §4.1.2.1)."""
        answer = self.answer
        assert {"error", "state", "iss"} <= answer.keys() <= _OF_AN_ERROR
        assert (answer["state"], answer["iss"]) == (request["state"], self.metadata["issuer"])
        assert token_checks.is_error_text(answer.get("error_description", ""))
        return answer["error"]

    async def nobody_is_signed_in(self) -> bool:
        """Whether prompt=none is refused, in the way it has to be; the state is a long one (Core §3.1.2.6)."""
        request = self.request(prompt="none", state=secrets.token_urlsafe(96))
        await self.ask(request)
        return self.error_in_answer_to(request) in _NEEDS_A_PAGE

    async def redeem(self, code: str, *, redirect_uri: str = CALLBACK) -> httpx2.Response:
        """Redeem a code."""
        proof = {"code_verifier": VERIFIER} if self.uses_pkce else {}
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self.token_request(**form, **proof)

    async def refresh(self, refresh_token: str, **form: str) -> httpx2.Response:
        """Redeem a refresh token."""
        return await self.token_request(grant_type="refresh_token", refresh_token=refresh_token, **form)

    async def token_request(self, **form: str) -> httpx2.Response:
        """Ask the token endpoint, proving who asks in the client's way, which the server has to offer."""
        assert self.authenticates_by in self.metadata["token_endpoint_auth_methods_supported"]
        url = self.metadata["token_endpoint"]
        async with self.served.http() as http:
            if self.authenticates_by == "private_key_jwt":
                proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self._assertion()}
                return await http.post(url, data=form | proof)
            secret = self.served.world.secrets[self.client_id]
            if self.authenticates_by == "client_secret_basic":
                return await http.post(url, data=form, auth=(self.client_id, secret))
            return await http.post(url, data=form | {"client_id": self.client_id, "client_secret": secret})

    async def user_info(self, access_token: str, *, method: str = "GET") -> httpx2.Response:
        """Ask UserInfo with the token in the header."""
        async with self.served.http() as http:
            headers = {"authorization": f"Bearer {access_token}"}
            return await http.request(method, self.metadata["userinfo_endpoint"], headers=headers)

    async def read_token(self, token: str) -> token_checks.ReadToken:
        """A token of the server's, with its signature verified by a key that the server publishes."""
        keys = (await self.served.get(self.metadata["jwks_uri"])).json()
        return token_checks.read_token(token, keys, client_id=self.client_id, issuer=self.metadata["issuer"])

    def _assertion(self) -> str:
        """A proof of who asks, for a minute, made for the issuer (RFC 7523bis §4)."""
        assert self.key is not None
        now = int(self.served.world.now())
        claims = {"sub": self.client_id, "jti": secrets.token_urlsafe(16), "iat": now, "exp": now + 60}
        return jwt.sign(claims, self.key, issuer=self.client_id, audience=self.metadata["issuer"])
