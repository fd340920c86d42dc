"""A request that its client has signed, so that nobody on the way has changed it (RFC 9101, Core §6).

From such a request only what is in the object counts, whatever stands beside it (RFC 9101 §6.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.jose import JoseError, jwt
from tokensmith.jose.strict_json import JsonValue, encode, encode_array
from tokensmith.server.domain.authorization_errors import InvalidRequestObjectError, RequestNotSupportedError
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.key_ring import FixedClock
from tokensmith.server.flows.keys_of_clients import KeysOfClients

LEEWAY_SECONDS: Final = 10
# RFC 9101 §10.8.2; of clients that are older, "JWT" or nothing.
TYPES: Final = ("oauth-authz-req+jwt", "JWT")
# Of the token itself, not of the request.
_OF_THE_TOKEN: Final = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRequest:
    """What an object says: parameters as they would stand in a form, and every `resource`."""

    parameters: Mapping[str, str]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestObjects:
    """Opens them. *issuer* is whom they have to be made for."""

    store: Store
    issuer: str
    keys: KeysOfClients

    async def open(self, client: Client, text: str) -> OpenedRequest:
        """Return the request in an object that this client has signed.

        Raises:
            RequestNotSupportedError: the client has registered no keys, or the object is not signed.
            InvalidRequestObjectError: not signed by the client with the algorithm it registered, for another server,
                out of its time, of another kind (`request_object_refused`), or no request (`request_object_content`).
            UnavailableError: the database cannot be reached.
        """
        if not client.registration.has_keys:
            raise RequestNotSupportedError("This client has registered no keys.", detail=client.id)
        now_ms = await self.store.read(lambda uow: uow.now_ms())
        try:
            claims = await self._verified(client, text, now=now_ms / MILLISECONDS)
        except JoseError as error:
            raise _refused(client, f"{error.code} {error.detail}") from None
        # RFC 9101 §10.8: no other thing that a client signs (it names itself as the subject there) is a request.
        if claims.get("sub") == client.id:
            raise _refused(client, "its subject is the client")
        return _opened(client, claims)

    async def _verified(self, client: Client, text: str, *, now: float) -> jwt.Claims:
        unverified = jwt.read_unverified(text).unverified_header
        if unverified.get("alg") == "none":
            raise RequestNotSupportedError("Request objects are signed here.", detail=client.id)
        key = await self.keys.find(client, text)
        registered = client.registration.request_object_alg
        if registered is not None and key.alg != registered:
            raise _refused(client, f"{key.alg} is not {registered}")
        # Whoever signs for everything says so by the type; an older client says nothing.
        typ = TYPES[0] if str(unverified.get("typ", "")).lower().endswith(TYPES[0]) else TYPES[1]
        verifier = jwt.Verifier(
            key,
            issuer=client.id,
            audience=self.issuer,
            typ=typ,
            require_exp=False,
            leeway=LEEWAY_SECONDS,
            clock=FixedClock(now),
        )
        return verifier.verify(text).claims


def _opened(client: Client, claims: Mapping[str, JsonValue]) -> OpenedRequest:
    # RFC 9101 §4: an object names no other, and §5: both places name the same client.
    if claims.keys() & {"request", "request_uri"}:
        raise _content("it names another")
    if claims.get("client_id", client.id) != client.id:
        raise _content("another client_id")
    resources = claims.get("resource", ())
    listed = (resources,) if isinstance(resources, str) else resources
    if not isinstance(listed, list | tuple) or not all(isinstance(one, str) for one in listed):
        raise _content("resource")
    parameters = {name: _text(name, value) for name, value in claims.items() if name not in _OF_THE_TOKEN}
    parameters.pop("resource", None)
    kept = {name: value for name, value in parameters.items() if value != ""}
    return OpenedRequest(parameters={**kept, "client_id": client.id}, resources=tuple(map(str, listed)))


def _text(name: str, value: JsonValue) -> str:
    # RFC 9101 §4: as strings, numbers or JSON; each as it would have stood in the form.
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        raise _content(name)
    if isinstance(value, int | float):
        return str(value)
    return (encode(value) if isinstance(value, Mapping) else encode_array(value)).decode()


def _content(detail: str) -> InvalidRequestObjectError:
    text = "What the request object says cannot be a request."
    return InvalidRequestObjectError(text, code="request_object_content", detail=detail[:200])


def _refused(client: Client, detail: str) -> InvalidRequestObjectError:
    text = "The request object is not good here."
    return InvalidRequestObjectError(text, code="request_object_refused", detail=f"{client.id} {detail}"[:400])
