"""One guard of bench/revocation.py: checks a good token now and then, and a signed-out one until it is refused.

Reads `tokens` as JSON in its first line, then the number of a token that was just signed out per line. Prints, once per
number, when it was refused first; and at last what it counted.
"""

import json
import os
import random
import selectors
import sys
import time
from dataclasses import dataclass, field
from typing import Final

from tokensmith.guard import Guard, InvalidTokenError, Issuer, RequestFacts

PAUSE_SECONDS: Final = 0.01
GOOD_PER_PAUSE: Final = 1


@dataclass
class Service:
    """A service that is asked for something all the time."""

    guard: Guard
    facts: list[RequestFacts]
    ended: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    checks: int = 0
    wrongly_refused: int = 0

    def is_let_in(self, number: int) -> bool:
        self.checks += 1
        try:
            self.guard.authenticate_sync(self.facts[number])
        except InvalidTokenError:
            return False
        return True

    def serve(self) -> None:
        """One moment's requests."""
        for _ in range(GOOD_PER_PAUSE):
            number = random.randrange(len(self.facts))
            self.wrongly_refused += number not in self.ended and not self.is_let_in(number)
        for number in sorted(self.waiting):
            if not self.is_let_in(number):
                self.waiting.discard(number)
                print(json.dumps({"refused": number, "at": time.monotonic()}), flush=True)


def main() -> None:
    start = json.loads(sys.stdin.readline())
    # Where its keys are is told to a guard that only polls: the metadata would tell it of the feed.
    issuer = Issuer(start["issuer"], audience=start["audience"], jwks_uri=start["jwks_uri"])
    facts = [RequestFacts.from_headers({"Authorization": f"Bearer {token}"}) for token in start["tokens"]]
    service = Service(Guard(issuer), facts)
    service.is_let_in(0)
    print("ready", flush=True)
    os.set_blocking(sys.stdin.fileno(), False)
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
    unread = b""
    while True:
        if selector.select(PAUSE_SECONDS):
            chunk = os.read(sys.stdin.fileno(), 65_536)
            if not chunk:
                break
            *lines, unread = (unread + chunk).split(b"\n")
            numbers = set(map(int, lines))
            service.ended |= numbers
            service.waiting |= numbers
        service.serve()
    print(json.dumps({"checks": service.checks, "wrongly_refused": service.wrongly_refused}), flush=True)


if __name__ == "__main__":
    main()
