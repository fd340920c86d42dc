"""Signing keys change while services check tokens as fast as they can, and nobody is refused."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from tests.guard.local_issuer import AUDIENCE, KEYS_MAX_AGE_SECONDS, LocalIssuer, listening
from tests.guard.minting import KEY, bearer
from tests.guard.test_guard_faults import Hand, settle
from tokensmith.guard import Guard, GuardError, Issuer, RequestFacts
from tokensmith.jose import Key

GUARDS = 5
ROTATIONS = 3
CHECKS_PER_STAGE = 40
TOKEN_LIFETIME_SECONDS = 900
COOLDOWN_SECONDS = 10


@dataclass
class Load:
    """Services, each with a guard of its own and a thread that never rests."""

    guards: list[Guard]
    facts: list[RequestFacts]
    refusals: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    busy: list[threading.Lock] = field(default_factory=list)
    is_over: bool = False

    def serve(self, number: int) -> None:
        while not self.is_over:
            for facts in list(self.facts):
                try:
                    with self.busy[number]:
                        self.guards[number].authenticate_sync(facts)
                except GuardError as error:
                    self.refusals.append(f"{error.code} {error.detail}")
            with self.changed:
                self.counts[number] += 1
                self.changed.notify_all()

    def wait(self) -> None:
        """Return when every guard has checked all tokens some times more."""
        with self.changed:
            wanted = [count + CHECKS_PER_STAGE for count in self.counts]
            assert self.changed.wait_for(
                lambda: all(has >= wants for has, wants in zip(self.counts, wanted, strict=True)), timeout=60
            )

    def let_pass(self, seconds: float, hand: Hand, issuer: LocalIssuer) -> None:
        """Move the clock between two requests: no fetch takes minutes."""
        with ExitStack() as stack:
            for lock in self.busy:
                stack.enter_context(lock)
            settle(issuer)
            hand.passed += seconds

    def run(self) -> list[threading.Thread]:
        self.counts = [0] * len(self.guards)
        self.busy = [threading.Lock() for _ in self.guards]
        threads = [threading.Thread(target=self.serve, args=(number,)) for number in range(len(self.guards))]
        for thread in threads:
            thread.start()
        return threads


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with listening() as local:
        yield local


@pytest.mark.parametrize("published_first", [True, False], ids=["as planned", "in a hurry"])
def test_not_one_good_token_is_refused(issuer: LocalIssuer, published_first: bool) -> None:
    """G09, decision 8: five guards, three rotations.

    As planned, a key is published for as long as key sets are kept before it signs. In a hurry it signs at once; then
    its id is not known, and each guard asks for the keys again.
    """
    hand = Hand()
    trusted = Issuer(issuer.url, audience=AUDIENCE)
    load = Load([Guard(trusted, monotonic=hand.monotonic) for _ in range(GUARDS)], [bearer(issuer.token())])
    threads = load.run()
    try:
        for number in range(ROTATIONS):
            _rotate(issuer, load, hand, Key.generate("ES256", kid=f"r{number}"), published_first=published_first)
    finally:
        load.is_over = True
        for thread in threads:
            thread.join(30)

    assert load.refusals == []
    # Nothing is asked per request: a set of keys each time it is needed or has aged, by each guard once.
    assert issuer.asked.count("/keys") <= GUARDS * (1 + 3 * ROTATIONS)
    assert min(load.counts) >= ROTATIONS * 3 * CHECKS_PER_STAGE


def _rotate(issuer: LocalIssuer, load: Load, hand: Hand, new: Key, *, published_first: bool) -> None:
    old = issuer.key
    issuer.published = [old, new]
    # Whatever strangers send, an unknown key is asked for once in ten seconds (G03); a hurry comes seldom enough.
    load.let_pass(KEYS_MAX_AGE_SECONDS if published_first else COOLDOWN_SECONDS, hand, issuer)
    load.wait()
    issuer.key = new
    load.facts.append(bearer(issuer.token(new)))
    load.wait()
    # The old key's last tokens have ended; only then it goes.
    del load.facts[0]
    load.wait()
    load.let_pass(TOKEN_LIFETIME_SECONDS, hand, issuer)
    issuer.published = [new]
    load.wait()


def test_a_key_that_has_gone_verifies_nothing(issuer: LocalIssuer) -> None:
    """G09: "old key never leaves" is how the others fail; here it goes with the set that no longer has it."""
    hand = Hand()
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE), monotonic=hand.monotonic)
    facts = bearer(issuer.token(KEY))
    guard.authenticate_sync(facts)
    issuer.key = Key.generate("ES256", kid="r9")
    issuer.published = [issuer.key]
    hand.passed += KEYS_MAX_AGE_SECONDS
    with pytest.raises(GuardError) as caught:
        guard.authenticate_sync(facts)

    assert caught.value.status == 401
