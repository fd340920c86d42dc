"""FakeIssuer: tokens for the tests of your own service, with no server and no network.

It plays the issuer's side of the real verification: a guard of its making checks every token as it would in production,
and so does one that it stands in for. For tests only; its keys are made anew for each one.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Literal

from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.guard import Guard
from tokensmith.guard.issuer import Issuer
from tokensmith.guard.sender import SenderCheck
from tokensmith.guard.status.reference import read_reference
from tokensmith.guard.verify import TrustedIssuers
from tokensmith.jose import Key, base64url, jwt, strict_json
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.target import parse_target

Flaw = Literal["expired", "wrong audience", "wrong issuer", "wrong type", "stranger's key", "alg none", "damaged"]
_LIST_SIZE: Final = 1024


class FakeIssuer:
    """An issuer in memory.

    Args:
        url: Its identifier.
        audience: Whom its tokens are for; the service under test.
        alg: What it signs with.
        clock: Says the time of its tokens.
    """

    def __init__(
        self,
        url: str = "https://issuer.test",
        *,
        audience: str = "https://service.test",
        alg: str = "ES256",
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.url = url
        self.audience = audience
        self.key = Key.generate(alg)
        self._clock = clock
        self._statuses = bytearray(_LIST_SIZE)
        self._next_index = 0

    @property
    def list_url(self) -> str:
        """Where its status list is."""
        return f"{self.url}/status/1"

    def issuer(self) -> Issuer:
        """Describe it to a guard: its key fixed, its status list asked for anew each time."""
        keys = self.key if self.key.kty == "oct" else self.key.public()
        return Issuer(self.url, audience=self.audience, algorithms={self.key.alg}, keys=keys, poll_interval=0)

    def guard(self) -> Guard:
        """Make a guard that trusts it and asks it, and nobody else, about revocations."""
        return Guard(self.issuer(), fetcher=self, clock=self._clock)

    def headers(
        self, *, sub: str = "ada", scope: str = "", flaw: Flaw | None = None, **claims: JsonValue
    ) -> dict[str, str]:
        """Return request headers with a new token; arguments as for `token`."""
        return {"Authorization": f"Bearer {self.token(sub=sub, scope=scope, flaw=flaw, **claims)}"}

    def token(self, *, sub: str = "ada", scope: str = "", flaw: Flaw | None = None, **claims: JsonValue) -> str:
        """Make an access token (RFC 9068 §2).

        Args:
            scope: Scopes parted by spaces.
            flaw: What is wrong with it; by default nothing.
            claims: More claims, or others in place of its own; None leaves one out.
        """
        filled: dict[str, JsonValue] = {
            "sub": sub,
            "scope": scope,
            "client_id": "test-client",
            "status": self._new_status(),
        }
        if flaw == "expired":
            now = int(self._clock.now())
            filled |= {"iat": now - 7200, "exp": now - 3600}
        kept = {name: value for name, value in (filled | claims).items() if value is not None}
        signer = jwt.Signer(
            Key.generate(self.key.alg, kid=self.key.kid) if flaw == "stranger's key" else self.key,
            issuer=f"{self.url}.evil" if flaw == "wrong issuer" else self.url,
            audience=f"{self.audience}.evil" if flaw == "wrong audience" else self.audience,
            typ="JWT" if flaw == "wrong type" else "at+jwt",
            clock=self._clock,
        )
        return _spoil(signer.sign(kept), flaw)

    def revoke(self, token: str) -> None:
        """Revoke a token of its own; a guard of its making refuses it from the next request on."""
        reference = read_reference(jwt.read_unverified(token).unverified_claims, origin=parse_target(self.url).origin)
        if reference is None:
            raise ValueError("the token has no status to set")
        self._statuses[reference.index] = 1

    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:  # noqa: ARG002
        """Answer for the status list; the part of a `Fetcher`."""
        if url != self.list_url:
            raise FetchError("The fake issuer has no such document.", code="unreachable", detail=url)
        # Eight bits for each status: then the list is the bytes as they are.
        packed: JsonValue = {"bits": 8, "lst": base64url.encode(zlib.compress(self._statuses))}
        claims: dict[str, JsonValue] = {"sub": url, "status_list": packed}
        body = jwt.sign(claims, self.key, issuer=self.url, typ="statuslist+jwt", clock=self._clock)
        return Response(status=200, headers={}, body=body.encode())

    def _new_status(self) -> dict[str, JsonValue]:
        index = self._next_index % _LIST_SIZE
        self._next_index += 1
        return {"status_list": {"uri": self.list_url, "idx": index}}


@contextmanager
def stand_in(guard: Guard) -> Iterator[FakeIssuer]:
    """Have a service's own guard trust a fake issuer, and nobody else, until the block ends.

    The fake has the name of the guard's first issuer and an audience that it takes, so that what the service was
    configured with stays true. Nothing is fetched.
    """
    # Friends: what a guard is made of is nobody else's business, and no switch in it is for tests.
    trusted: TrustedIssuers = vars(guard)["_trusted"]
    real = next(iter(trusted.by_url.values())).issuer
    audience = real.audience if isinstance(real.audience, str) else min(real.audience)
    fake = FakeIssuer(real.url, audience=audience)
    other = vars(fake.guard())
    with _changed(guard, {name: other[name] for name in ("_trusted", "_blocking", "_async")}):
        yield fake


@contextmanager
def acting_as(guard: Guard, *, sub: str = "ada", scope: str = "", **claims: JsonValue) -> Iterator[FakeIssuer]:
    """Have every request without credentials be *sub*'s until the block ends; arguments as for `FakeIssuer.token`.

    It gets a token of a stand-in, and what the route needs is asked of it. A service that takes bound tokens alone
    takes this one, too.
    """
    with stand_in(guard) as fake:
        given = _Given(PresentedToken(fake.token(sub=sub, scope=scope, flaw=None, **claims), "Bearer"))
        rules = replace(vars(guard)["_rules"], source=given, sender=SenderCheck())
        with _changed(guard, {"_rules": rules}):
            yield fake


@dataclass(frozen=True, slots=True)
class _Given:
    """A token for whoever sends none."""

    token: PresentedToken

    def find(self, _: RequestFacts) -> PresentedToken | None:
        """Return it."""
        return self.token


@contextmanager
def _changed(guard: Guard, members: Mapping[str, object]) -> Iterator[None]:
    before = {name: vars(guard)[name] for name in members}
    vars(guard).update(members)
    try:
        yield
    finally:
        vars(guard).update(before)


def _spoil(token: str, flaw: Flaw | None) -> str:
    header, payload, signature = token.split(".")
    if flaw == "alg none":
        none = base64url.encode(strict_json.encode({"alg": "none", "typ": "at+jwt"}))
        return f"{none}.{payload}."
    if flaw == "damaged":
        # The first character: the last one may carry bits that no decoder looks at.
        return f"{header}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    return token
