"""Two doors over one plan."""

import asyncio
import logging
from collections.abc import Mapping

import pytest

from tests.guard.minting import (
    AUDIENCE,
    ISSUER,
    KEY,
    KEYS_URL,
    LIST_URL,
    METADATA_URL,
    access_token,
    bearer,
    list_answer,
    status_claim,
)
from tests.guard.scripted import ScriptedClock, ScriptedOutside, json_answer
from tests.guard.sender.proofs import HOLDER, PUBLIC_URL, access_token_hash, proof, with_proof
from tokensmith import guard as room
from tokensmith.guard import (
    CrossSiteRequestError,
    Guard,
    InvalidProofError,
    InvalidTokenError,
    Issuer,
    MissingTokenError,
    Need,
    Principal,
    RequestFacts,
    TokenCookie,
    UnavailableError,
)
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.outside import Outside

ANY_TOKEN = Need()
NOBODY = RequestFacts.from_headers({})


class Documents:
    """A fetcher, of both kinds, that serves an issuer from memory."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.served = {
            METADATA_URL: json_answer({"issuer": ISSUER, "jwks_uri": KEYS_URL}),
            KEYS_URL: json_answer({"keys": [KEY.to_jwk()]}),
            LIST_URL: list_answer(),
        }

    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        self.fetched.append(url)
        if url not in self.served:
            raise FetchError("Nobody answers.", code="unreachable")
        return self.served[url]


class AsyncDocuments(Documents):
    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:  # type: ignore[override]
        await asyncio.sleep(0)
        return super().fetch(url, rules, headers)


class Door:
    """One of the two doors, as a function that blocks."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.time = ScriptedOutside()
        self.documents = AsyncDocuments() if kind == "async client" else Documents()
        issuer = Issuer(ISSUER, audience=AUDIENCE)
        clock = ScriptedClock(self.time)
        if isinstance(self.documents, AsyncDocuments):
            self.guard = Guard(issuer, async_fetcher=self.documents, clock=clock, monotonic=self.time.monotonic)
        else:
            self.guard = Guard(issuer, fetcher=self.documents, clock=clock, monotonic=self.time.monotonic)

    def authenticate(self, facts: RequestFacts, need: Need = ANY_TOKEN) -> Principal:
        if self.kind == "sync":
            return self.guard.authenticate_sync(facts, need)
        return asyncio.run(self._then_settle(facts, need))

    def authenticate_optional(self, facts: RequestFacts) -> Principal | None:
        if self.kind == "sync":
            return self.guard.authenticate_optional_sync(facts)
        return asyncio.run(self.guard.authenticate_optional(facts))

    async def _then_settle(self, facts: RequestFacts, need: Need) -> Principal:
        principal = await self.guard.authenticate(facts, need)
        # Background work gets its turn before the loop is closed.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others)
        return principal


@pytest.fixture(params=["sync", "async in a thread", "async client"])
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


def test_both_doors_lead_to_the_same_principal(door: Door) -> None:
    caller = door.authenticate(bearer(access_token(status=status_claim())), Need("notes:read"))

    assert (caller.subject, caller.issuer) == ("ada", ISSUER)
    assert door.documents.fetched == [METADATA_URL, KEYS_URL, LIST_URL]


def test_both_doors_refuse_alike(door: Door) -> None:
    with pytest.raises(InvalidTokenError):
        door.authenticate(bearer("a.b.c"))
    with pytest.raises(MissingTokenError):
        door.authenticate(NOBODY)


def test_both_doors_tell_their_own_trouble_apart(door: Door) -> None:
    door.documents.served.clear()
    with pytest.raises(UnavailableError):
        door.authenticate(bearer(access_token()))


def test_both_doors_renew_in_the_background(door: Door) -> None:
    """A status list past its poll interval is used, and asked for again beside the request."""
    token = bearer(access_token(status=status_claim()))
    door.authenticate(token)
    door.time.seconds += 3
    door.authenticate(token)
    # In threads, asking once more waits for what is under way; then everything is fresh again.
    door.time.seconds += 3
    door.authenticate(token)

    assert door.documents.fetched.count(LIST_URL) >= 2


def test_nobody_is_let_through_where_that_is_allowed(door: Door) -> None:
    assert door.authenticate_optional(NOBODY) is None
    caller = door.authenticate_optional(bearer(access_token()))
    assert caller is not None
    assert caller.subject == "ada"


@pytest.mark.parametrize("value", ["Bearer a.b.c", "Bearer", "Basic YTpi", ""])
def test_bad_credentials_do_not_make_somebody_nobody(door: Door, value: str) -> None:
    """Whoever sends credentials wants to be somebody."""
    with pytest.raises((InvalidTokenError, MissingTokenError)):
        door.authenticate_optional(RequestFacts.from_headers({"Authorization": value}))


def test_ages_are_there_for_metrics(door: Door) -> None:
    assert door.guard.ages()[ISSUER].keys is None
    assert door.guard.ages()[ISSUER].status_lists is None
    door.authenticate(bearer(access_token(status=status_claim())))
    door.time.seconds += 1.5

    assert door.guard.ages()[ISSUER].keys == 1.5
    assert door.guard.ages()[ISSUER].status_lists == 1.5


def test_a_fetcher_that_cannot_listen_leaves_the_guard_to_poll() -> None:
    """The feed is a hint: a fetcher of one's own need not know of it."""
    guard = Guard(Issuer(ISSUER, audience=AUDIENCE), fetcher=Documents(), async_fetcher=AsyncDocuments())
    rules = FetchRules(trusted_origin=ISSUER)

    async def listen(outside: Outside) -> None:
        async for _ in outside.listen(f"{ISSUER}/feed", rules, {}):
            pass

    for outside in (guard._blocking, guard._async):
        with pytest.raises(FetchError) as caught:
            asyncio.run(listen(outside))
        assert caught.value.code == "cannot_listen"


def test_a_realm_is_part_of_every_challenge() -> None:
    guard = Guard(Issuer(ISSUER, audience=AUDIENCE), realm="notes")
    answer = guard.answer_to(MissingTokenError("x", code="missing_token"))

    assert ("www-authenticate", 'Bearer realm="notes"') in answer.headers


def test_the_reason_goes_to_the_log_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Code and private detail for whoever runs the service; a forged line must not come in by a claim."""
    caplog.set_level(logging.INFO, logger="tokensmith.guard")
    guard = Guard(Issuer(ISSUER, audience=AUDIENCE))
    guard.answer_to(InvalidTokenError("No.", code="revoked", detail="status=1\nnot let in: forged"))
    guard.answer_to(UnavailableError("Later.", code="keys_unavailable", detail="host"))

    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert "revoked (No.) 'status=1\\nnot let in: forged'" in caplog.text


def test_a_realm_that_cannot_be_written_is_found_at_the_start() -> None:
    with pytest.raises(ValueError, match="realm"):
        Guard(Issuer(ISSUER, audience=AUDIENCE), realm="a\nb")


def test_public_names_are_sorted_and_there() -> None:
    """One path per name."""
    assert room.__all__ == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)


def test_a_guard_with_a_public_url_takes_bound_tokens() -> None:
    """Through both doors; and its challenges say so."""
    token = access_token(cnf={"jkt": HOLDER.thumbprint()})
    documents, waiting = Documents(), AsyncDocuments()
    guard = Guard(
        Issuer(ISSUER, audience=AUDIENCE),
        public_url=PUBLIC_URL,
        fetcher=documents,
        async_fetcher=waiting,
        clock=ScriptedClock(ScriptedOutside()),
    )
    first, second = (with_proof(token, proof(ath=access_token_hash(token), jti=jti)) for jti in "12")

    assert guard.authenticate_sync(first).key_thumbprint == HOLDER.thumbprint()
    assert asyncio.run(guard.authenticate(second)).key_thumbprint == HOLDER.thumbprint()
    with pytest.raises(InvalidProofError) as caught:
        guard.authenticate_sync(second)
    assert 'DPoP error="invalid_dpop_proof"' in dict(guard.answer_to(caught.value).headers)["www-authenticate"]


def test_a_public_url_is_checked_at_construction() -> None:
    with pytest.raises(ValueError, match="target URI"):
        Guard(Issuer(ISSUER, audience=AUDIENCE), public_url="api.test")


def test_a_cookie_needs_to_know_whose_pages_may_send_it() -> None:
    issuer = Issuer(ISSUER, audience=AUDIENCE)

    Guard(issuer, public_url=PUBLIC_URL, cookie=TokenCookie())
    with pytest.raises(ValueError, match="public_url"):
        Guard(issuer, cookie=TokenCookie())
    with pytest.raises(ValueError, match="__Host-"):
        Guard(issuer, public_url=PUBLIC_URL, cookie=TokenCookie("access_token"))


def test_a_request_of_another_site_gets_no_challenge() -> None:
    """No token would help it."""
    guard = Guard(Issuer(ISSUER, audience=AUDIENCE), public_url=PUBLIC_URL, cookie=TokenCookie())
    facts = RequestFacts.from_headers({"Cookie": "__Host-tokensmith-access=a.b.c"}, method="POST")

    for refused in (asyncio.run(_refusal(guard, facts)), _refusal_sync(guard, facts)):
        answer = guard.answer_to(refused)
        assert (answer.status, "www-authenticate" in dict(answer.headers)) == (403, False)


async def _refusal(guard: Guard, facts: RequestFacts) -> CrossSiteRequestError:
    with pytest.raises(CrossSiteRequestError) as caught:
        await guard.authenticate(facts)
    return caught.value


def _refusal_sync(guard: Guard, facts: RequestFacts) -> CrossSiteRequestError:
    with pytest.raises(CrossSiteRequestError) as caught:
        guard.authenticate_sync(facts)
    return caught.value
