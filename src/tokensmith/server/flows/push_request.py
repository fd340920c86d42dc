"""A client pushes an authorization request before it sends a browser (RFC 9126)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.pending_requests import PUSHED_SECONDS
from tokensmith.server.flows.authorization_request import ReadAuthorizationRequest, Refusal
from tokensmith.server.flows.pending import URN, Pending

# What proved the client is not part of what it asks for, and is stored nowhere.
_OF_THE_CLIENT = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What the client sends the browser with, and for how many seconds that is good."""

    request_uri: str
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """The flow."""

    read: ReadAuthorizationRequest
    pending: Pending

    async def run(
        self, client: Client, form: Mapping[str, str], resources: tuple[str, ...], *, key_thumbprint: str | None
    ) -> Pushed:
        """Keep a request of a client that has proven itself; it is checked now as it will be then (RFC 9126 §2.1).

        Args:
            key_thumbprint: Names the key that the client proved to hold; the code is bound to it (RFC 9449 §10.1).

        Raises:
            InvalidRequestError: it names another request (`request_uri`), another client, or another key.
            OAuthError: whatever `/authorize` would refuse it for.
        """
        if "request_uri" in form:
            raise InvalidRequestError("A request that is pushed names no other.", code="request_uri_pushed")
        if form.get("client_id", client.id) != client.id:
            raise InvalidRequestError("The request names two clients.", code="several_client_ids")
        parameters = {name: value for name, value in form.items() if name not in _OF_THE_CLIENT}
        read = await self.read.run({**parameters, "client_id": client.id}, resources, pushed=True)
        if isinstance(read, Refusal):
            raise read.error
        bound = read.parameters if key_thumbprint is None else {**read.parameters, "dpop_jkt": key_thumbprint}
        if read.key_thumbprint not in (None, bound.get("dpop_jkt")):
            raise InvalidRequestError("dpop_jkt names another key than the proof.", code="dpop_jkt_differs")
        name = await self.pending.keep(client, bound, read.resources, browser=None, pushed=True)
        return Pushed(request_uri=URN + name, expires_in=PUSHED_SECONDS)
