"""A service that trusts an issuer over the network, for the tests of the whole verification."""

import pytest

from tests.guard.minting import AUDIENCE, ISSUER, KEY, KEYS_URL, LIST_URL, METADATA_URL, bearer, list_answer
from tests.guard.scripted import ScriptedClock, ScriptedOutside, json_answer, run
from tokensmith.guard import InvalidTokenError, Issuer, Need, Principal, RequestFacts
from tokensmith.guard.verify import ServiceRules, TrustedIssuers, verify


class Service:
    """A service that trusts one issuer over the network, and what it asks of the outside."""

    def __init__(self, *issuers: Issuer, leeway: int = 0) -> None:
        self.outside = ScriptedOutside(
            {
                METADATA_URL: json_answer({"issuer": ISSUER, "jwks_uri": KEYS_URL}),
                KEYS_URL: json_answer({"keys": [KEY.to_jwk()]}),
                LIST_URL: list_answer(),
            }
        )
        self.rules = ServiceRules()
        trusted = issuers or (Issuer(ISSUER, audience=AUDIENCE, leeway=leeway),)
        self.trusted = TrustedIssuers(*trusted, clock=ScriptedClock(self.outside))

    def admit(self, token: str, *scopes: str) -> Principal:
        return self.decide(bearer(token), *scopes)

    def decide(self, facts: RequestFacts, *scopes: str) -> Principal:
        return run(verify(facts, Need(*scopes), self.trusted, self.outside, rules=self.rules))

    def refusal(self, token: str, *scopes: str) -> str:
        with pytest.raises(InvalidTokenError) as caught:
            self.admit(token, *scopes)
        assert (caught.value.status, caught.value.error) == (401, "invalid_token")
        return caught.value.code
