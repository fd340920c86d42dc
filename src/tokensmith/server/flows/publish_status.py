"""Builds and signs status lists (Token Status List §5.1, §8; decision 7).

A list is built from the database when it is asked for, and kept by a process only as long as its entity tag stands: the
tag is the list's version in the database and the re-signing window, so every process gives the same one.
"""

from dataclasses import dataclass, field
from typing import Final

from tokensmith.jose import jws
from tokensmith.jose.jwt.status_list import INVALID, StatusList
from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.errors import NotFoundError
from tokensmith.server.domain.status_lists import (
    LIST_SIZE,
    POLL_SECONDS,
    TOKEN_LIFETIME_SECONDS,
    StatusVersion,
)
from tokensmith.server.domain.token_claims import status_list_uri
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.key_ring import KeyRing

STATUS_LIST_TYPE: Final = "statuslist+jwt"
SIGNING_ALG: Final = "ES256"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStatusList:
    """A status list token and its entity tag, in quotes as the header carries it."""

    token: str
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStatus:
    """The flow. Holds the last signed form of each list."""

    issuer: str
    store: Store
    ring: KeyRing
    _signed: dict[int, SignedStatusList] = field(default_factory=dict, repr=False)

    async def version(self, list_id: int) -> StatusVersion:
        """Return where a list stands; one indexed read.

        Raises:
            NotFoundError: no such list.
            UnavailableError: the database cannot be reached.
        """
        found = await self.store.read(lambda uow: uow.status_lists.version(list_id))
        if found is None:
            raise NotFoundError("No such status list.", detail=str(list_id))
        return found

    async def run(self, list_id: int) -> SignedStatusList:
        """Return the signed list as it stands.

        Raises:
            NotFoundError: no such list.
            UnavailableError: the database cannot be reached, or there is no key to sign with.
        """
        version = await self.version(list_id)
        held = self._signed.get(list_id)
        if held is None or held.etag != version.etag:
            held = await self._build(version)
            self._signed[list_id] = held
        return held

    async def uris(self) -> list[str]:
        """Return where every list is published (Token Status List §9.3)."""
        ids = await self.store.read(lambda uow: uow.status_lists.list_ids())
        return [status_list_uri(self.issuer, list_id) for list_id in ids]

    async def _build(self, version: StatusVersion) -> SignedStatusList:
        # The bits are read after the version: one that is set between the two is then in a list that says it is older
        # than it is, which costs one more fetch. The other way round it would be missed until the next change.
        revoked = await self.store.read(lambda uow: uow.status_lists.revoked_indexes(version.list_id))
        # Keys are read after the version: a list that says "new" must name the keys whose retirement made it new.
        self.ring.forget()
        snapshot = await self.ring.snapshot()
        claims = self._claims(version, revoked, retired_kids=snapshot.retired_kids)
        key = await self.ring.signing_key(SIGNING_ALG)
        payload = encode(claims)
        token = await self.ring.sign(key, lambda: jws.sign(payload, key, header={"typ": STATUS_LIST_TYPE}))
        return SignedStatusList(token=token, etag=version.etag)

    def _claims(
        self, version: StatusVersion, revoked: tuple[int, ...], *, retired_kids: tuple[str, ...]
    ) -> dict[str, JsonValue]:
        statuses = StatusList.build(LIST_SIZE, statuses=dict.fromkeys(revoked, INVALID))
        issued_at = to_seconds(version.now_ms)
        claims: dict[str, JsonValue] = {
            "iss": self.issuer,
            "sub": status_list_uri(self.issuer, version.list_id),
            "iat": issued_at,
            "exp": issued_at + TOKEN_LIFETIME_SECONDS,
            "ttl": POLL_SECONDS,
            "status_list": statuses.to_claim(),
        }
        if retired_kids:
            claims["retired_kids"] = list(retired_kids)
        return claims
