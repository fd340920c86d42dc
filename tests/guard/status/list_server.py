"""An issuer whose status list is fetched from a script, for the tests of StatusLists."""

from typing import Any

import pytest

from tests.guard.minting import ISSUER, KEY, NEXT_KEY, status_claim
from tests.guard.scripted import ScriptedClock, ScriptedOutside, run
from tokensmith.guard import InvalidTokenError
from tokensmith.guard.keys import FixedKeys
from tokensmith.guard.status import ListVerifier, StatusLists
from tokensmith.jose import KeySet
from tokensmith.outbound import FetchError

DOWN = FetchError("Nobody answers.", code="timed_out")
MINE = {"status": status_claim(7)}


class CountingKeys(FixedKeys):
    """Fixed keys that notice being told to ask again."""

    def __init__(self) -> None:
        super().__init__(KeySet([KEY.public(), NEXT_KEY.public()]))
        self.expired = 0

    def expire(self) -> None:
        self.expired += 1


def make(outside: ScriptedOutside, keys: FixedKeys, **options: Any) -> StatusLists:
    settings: dict[str, Any] = {"promised": False, "poll_interval": 2, "max_stale": 60} | options
    verifier = ListVerifier(issuer=ISSUER, algorithms={"ES256"}, leeway=0, clock=ScriptedClock(outside))
    return StatusLists(keys=keys, verifier=verifier, origin=ISSUER, **settings)


def check(lists: StatusLists, outside: ScriptedOutside, claims: Any = MINE, *, kid: str | None = "k1") -> None:
    run(lists.check(claims, kid=kid, outside=outside))


def refusal(lists: StatusLists, outside: ScriptedOutside, claims: Any = MINE, *, kid: str | None = "k1") -> str:
    with pytest.raises(InvalidTokenError) as caught:
        check(lists, outside, claims, kid=kid)
    return caught.value.code
