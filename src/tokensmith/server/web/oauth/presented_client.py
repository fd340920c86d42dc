"""What a request says about its client: HTTP Basic, form, assertion, or a name alone (RFC 6749 §2.3, RFC 7523)."""

import base64
import binascii
from urllib.parse import unquote_plus

from starlette.requests import Request

from tokensmith.jose import JoseError, jwt
from tokensmith.outbound.identity import ASSERTION_TYPE
from tokensmith.server.domain.errors import InvalidClientError, InvalidRequestError
from tokensmith.server.flows.client_auth import PresentedClient
from tokensmith.server.web.parameters import Form
from tokensmith.server.web.request_headers import single_header


def presented_client(request: Request, form: Form) -> PresentedClient:
    """Read who the request says it comes from; nothing is proven yet.

    Raises:
        InvalidRequestError: two ways at once (`several_client_credentials`, RFC 6749 §2.3), or two names
            (`several_client_ids`).
        InvalidClientError: no client at all (`client_missing`), or a way we do not offer (`client_method_unknown`).
    """
    header = single_header(request.scope, b"authorization")
    named, secret = form.values.get("client_id"), form.values.get("client_secret")
    assertion = form.values.get("client_assertion")
    if assertion is not None and (header is not None or secret is not None):
        raise _several()
    if header is not None:
        return _from_basic(header, named=named, secret=secret)
    if assertion is not None:
        return _from_assertion(assertion, kind=form.values.get("client_assertion_type"), named=named)
    if named is None:
        raise InvalidClientError("The request names no client.", code="client_missing")
    return PresentedClient(client_id=named, secret=secret, method="none" if secret is None else "post")


def _from_basic(header: str, *, named: str | None, secret: str | None) -> PresentedClient:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError("Clients authenticate with Basic or in the form.", code="client_method_unknown")
    if secret is not None:
        raise _several()
    client_id, password = _decode(encoded.strip(" "))
    if named is not None and named != client_id:
        raise InvalidRequestError("The request names two clients.", code="several_client_ids")
    return PresentedClient(client_id=client_id, secret=password, method="basic")


def _from_assertion(assertion: str, *, kind: str | None, named: str | None) -> PresentedClient:
    if kind != ASSERTION_TYPE:
        raise InvalidClientError("No such kind of assertion here.", code="client_method_unknown", detail=repr(kind))
    # RFC 7523 §3: the subject is the client, so its name need not be said again. Nothing is believed yet.
    try:
        subject = jwt.read_unverified(assertion).unverified_claims.get("sub")
    except JoseError as error:
        raise InvalidClientError(
            "The client assertion is malformed.", code="client_assertion_malformed", detail=error.code
        ) from None
    if not isinstance(subject, str) or named not in (None, subject):
        raise InvalidRequestError("The request names two clients.", code="several_client_ids")
    return PresentedClient(client_id=subject, secret=None, method="private_key_jwt", assertion=assertion)


def _several() -> InvalidRequestError:
    return InvalidRequestError("The client proves itself in two ways.", code="several_client_credentials")


def _decode(encoded: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
        name, colon, secret = text.partition(":")
        # RFC 6749 §2.3.1: both halves were form-encoded before they were joined, which RFC 7617 alone would not do.
        decoded = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise _malformed() from None
    if not colon or not decoded[0] or "\0" in text:
        raise _malformed()
    return decoded


def _malformed() -> InvalidClientError:
    return InvalidClientError("The Basic credentials are malformed.", code="client_basic_malformed")
