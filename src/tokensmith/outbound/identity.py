"""How a client says who it is (RFC 6749 §2.3, RFC 7523 §2.2)."""

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, Protocol
from urllib.parse import quote_plus

from tokensmith.jose import Key
from tokensmith.jose.jwt import Clock, Signer
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound.post import Form

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFETIME: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What goes into a request to say who sends it."""

    headers: tuple[tuple[str, str], ...] = ()
    form: Form = ()


class ClientIdentity(Protocol):
    """A client that can introduce itself to an authorization server."""

    @property
    def client_id(self) -> str:
        """Its name."""
        ...

    def introduce(self, issuer: str) -> Introduction:
        """Say who is asking the server *issuer*."""
        ...


@dataclass(frozen=True, slots=True)
class PublicClient:
    """A client without a secret: a tool on people's own machines."""

    client_id: str

    def introduce(self, issuer: str) -> Introduction:  # noqa: ARG002 - it says the same to all
        """Give the name alone."""
        return Introduction(form=(("client_id", self.client_id),))


@dataclass(frozen=True, slots=True)
class SecretClient:
    """A client with a secret.

    Args:
        method: "basic" sends it in the Authorization header, "post" in the form, for servers that take nothing else.
    """

    client_id: str
    secret: str = field(repr=False)
    method: Literal["basic", "post"] = "basic"

    def introduce(self, issuer: str) -> Introduction:  # noqa: ARG002 - it says the same to all
        """Give name and secret."""
        if self.method == "post":
            return Introduction(form=(("client_id", self.client_id), ("client_secret", self.secret)))
        # RFC 6749 §2.3.1: each is written as in a form first, or a colon in the name would end it.
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
        return Introduction(headers=(("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"),))


class KeyClient:
    """A client that signs what it says: no secret ever leaves it (private_key_jwt).

    Args:
        client_id: Its name.
        key: Its private key, whose public half the server knows.
        clock: Says the time.
    """

    def __init__(self, client_id: str, key: Key, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.client_id = client_id
        self._key = key
        self._clock = clock

    def introduce(self, issuer: str) -> Introduction:
        """Sign that we are who we are, for this server and the next minute.

        Raises:
            KeyMaterialError: The key cannot sign.
        """
        # RFC 7523bis §4: the audience is the issuer and nothing else, so that no other server can pass it on.
        signer = Signer(
            self._key,
            issuer=self.client_id,
            audience=issuer,
            lifetime=_ASSERTION_LIFETIME,
            typ="client-authentication+jwt",
            clock=self._clock,
        )
        return Introduction(
            form=(
                ("client_id", self.client_id),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", signer.sign({"sub": self.client_id})),
            )
        )
