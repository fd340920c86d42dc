"""The client's side of DPoP: a key that tokens are bound to, and proofs of holding it (RFC 9449 §4)."""

import hashlib
import secrets
from typing import Final
from urllib.parse import urlsplit

from tokensmith.jose import Key, base64url, jws, strict_json
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.jose.strict_json import JsonValue

_JTI_BYTES: Final = 16
_PLAIN: Final = frozenset({"kty", "crv", "x", "y", "n", "e"})
# One for each server this client speaks to; whoever makes up origins must not fill our memory.
_MAX_NONCES: Final = 1000


class ProofKey:
    """Makes DPoP proofs with one key, and remembers the nonces that servers want in them.

    Args:
        key: An asymmetric private key; by default a new one on P-256, which lives as long as this object and so do the
            tokens bound to it.
        clock: Says the time.

    Raises:
        KeyMaterialError: *key* is a shared secret ("symmetric_key"), or no private key ("not_private").
    """

    def __init__(self, key: Key | None = None, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._key = _nameless(Key.generate("ES256") if key is None else key)
        # RFC 9449 §4.2: the public key, and nothing else of it.
        public: dict[str, JsonValue] = {
            name: value for name, value in self._key.public().to_jwk().items() if name in _PLAIN
        }
        self._header: dict[str, JsonValue] = {"typ": "dpop+jwt", "jwk": public}
        self._now = clock.now
        self._nonces: dict[str, str] = {}

    @property
    def thumbprint(self) -> str:
        """What tokens bound to it have as "jkt" (RFC 7638)."""
        return self._key.thumbprint()

    def proof(self, method: str, url: str, *, access_token: str | None = None) -> str:
        """Make a proof for one request.

        Args:
            url: Where it goes; query and fragment are left out.
            access_token: The token that goes with it; None where one is asked for.
        """
        claims: dict[str, JsonValue] = {
            "jti": secrets.token_urlsafe(_JTI_BYTES),
            "htm": method,
            "htu": url.partition("#")[0].partition("?")[0],
            "iat": int(self._now()),
        }
        if access_token is not None:
            claims["ath"] = base64url.encode(hashlib.sha256(access_token.encode("ascii")).digest())
        if (nonce := self.nonce_for(url)) is not None:
            claims["nonce"] = nonce
        return jws.sign(strict_json.encode(claims), self._key, header=self._header)

    def nonce_for(self, url: str) -> str | None:
        """Return the nonce that the next proof for the server of *url* will have; None where none was told."""
        return self._nonces.get(_origin(url))

    def learn(self, url: str, nonce: str | None) -> None:
        """Remember the nonce of an answer's DPoP-Nonce header, for the server that sent it (RFC 9449 §8.2)."""
        origin = _origin(url)
        if not nonce or self._nonces.get(origin) == nonce:
            return
        if len(self._nonces) >= _MAX_NONCES:
            self._nonces.clear()
        self._nonces[origin] = nonce


def _nameless(key: Key) -> Key:
    # The name that a key has here would be in every proof's header, and is nobody's business.
    members = {name: value for name, value in key.to_jwk(private=True).items() if name != "kid"}
    return Key.from_jwk(members)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
