"""To which certificate a client's tokens are bound (RFC 8705 §3, §3.4)."""

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.possession import name_certificate


def bound_certificate(client: Client, certificate: bytes | None) -> str | None:
    """Name the certificate that tokens are to be bound to; None for a client that has not asked for that.

    §3.4 leaves it to the server what becomes of a client that asked and has none: it gets nothing, as a token that
    is good without would be taken for one that is not. Where a client has asked for proofs of a key as well, they win.

    Args:
        certificate: That of the connection, in DER.

    Raises:
        InvalidRequestError: there is none (`binding_certificate_missing`).
    """
    known = client.registration
    if not known.binds_to_certificate or known.binds_tokens:
        return None
    if certificate is None:
        text = "This client's tokens are bound to the certificate of the connection."
        raise InvalidRequestError(text, code="binding_certificate_missing", detail=client.id)
    return name_certificate(certificate)
