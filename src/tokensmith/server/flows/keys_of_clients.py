"""The keys with which clients sign: those that were registered, and those that a client publishes (RFC 7591 §2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from tokensmith.guard.errors import UnavailableError
from tokensmith.guard.keys import RemoteKeys
from tokensmith.jose import Key, KeySet, jwt
from tokensmith.jose.errors import UnknownKeyError
from tokensmith.jose.strict_json import JsonValue, parse_object
from tokensmith.outbound import FetchRules
from tokensmith.outbound.outside import Outside
from tokensmith.server.domain.client_keys import ASSERTION_ALGORITHMS
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.registrations import AssertionIssuer

MAX_KEY_SETS: Final = 256
MAX_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysOfClients:
    """Finds them. What is published is fetched as a guard fetches an issuer's keys, and remembered like them."""

    outside: Outside
    _registered: dict[str, KeySet] = field(default_factory=dict, repr=False)
    _published: dict[tuple[str, bool], RemoteKeys] = field(default_factory=dict, repr=False)

    async def find(self, client: Client, token: str) -> Key:
        """Return the key of *client* that the header of *token* names; an unknown one has the set fetched anew.

        Raises:
            JoseError: there is no such key, or not exactly one; it is not for signatures (`client_key_alg`), what was
                published cannot be had (`client_keys_unavailable`), or *token* is no JWT.
        """
        known = client.registration
        header = jwt.read_unverified(token).unverified_header
        key = await self._named(known.jwks, known.jwks_uri, header, is_vouched_for=known.is_vouched_for)
        return _checked(key, known.signs_with or ASSERTION_ALGORITHMS)

    async def find_of_issuer(self, issuer: AssertionIssuer, token: str) -> Key:
        """Return the key of somebody else whose assertions a client may bring; errors are those of `find`."""
        header = jwt.read_unverified(token).unverified_header
        key = await self._named(issuer.jwks, issuer.jwks_uri, header, is_vouched_for=True)
        return _checked(key, ASSERTION_ALGORITHMS)

    async def _named(
        self, jwks: str | None, uri: str | None, header: Mapping[str, JsonValue], *, is_vouched_for: bool
    ) -> Key:
        if uri is None:
            return self._of_text(jwks or '{"keys":[]}').find(header)
        try:
            return await self._at(uri, is_vouched_for=is_vouched_for).find(header, self.outside)
        except UnavailableError as error:
            text = "The client's keys cannot be had."
            raise UnknownKeyError(text, code="client_keys_unavailable", detail=error.detail) from None

    def _of_text(self, text: str) -> KeySet:
        keys = self._registered.get(text)
        if keys is None:
            if len(self._registered) >= MAX_KEY_SETS:
                self._registered.clear()
            keys = self._registered[text] = KeySet.from_jwks(parse_object(text.encode()))
        return keys

    def _at(self, uri: str, *, is_vouched_for: bool) -> RemoteKeys:
        # Whoever registers by themselves may name public addresses alone (RFC 7591 §5).
        name = (uri, is_vouched_for)
        keys = self._published.get(name)
        if keys is None:
            if len(self._published) >= MAX_KEY_SETS:
                self._published.clear()
            rules = FetchRules.of(uri, is_trusted=is_vouched_for, max_bytes=MAX_BYTES)
            keys = self._published[name] = RemoteKeys(uri, rules=rules, jwks_uri=uri)
        return keys


def _checked(key: Key, algorithms: Collection[str]) -> Key:
    if key.alg not in algorithms:
        raise UnknownKeyError("The key is not for this.", code="client_key_alg", detail=str(key.alg))
    return key
