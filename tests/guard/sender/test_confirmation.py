"""A token that names a key comes with a proof of it; one that names none comes without."""

from typing import Any

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tests.guard.sender.proofs import HOLDER, PUBLIC_URL, THIEF, URI, access_token_hash, proof, with_proof
from tokensmith.guard import GuardError, InvalidProofError, InvalidTokenError
from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.errors import Scheme
from tokensmith.guard.sender import PossessionCheck, bound_thumbprint

TOKEN = "a.b.c"
PRESENTED = PresentedToken(TOKEN, "DPoP")
ATH = access_token_hash(TOKEN)


class Service:
    """A service at PUBLIC_URL that was started *running_for* seconds ago."""

    def __init__(self, *, public_url: str = PUBLIC_URL, running_for: float = 500) -> None:
        self.outside = ScriptedOutside()
        self.outside.seconds -= running_for
        self.possession = PossessionCheck(public_url=public_url, clock=ScriptedClock(self.outside))
        self.outside.seconds += running_for

    def check(self, *proofs: str, method: str = "GET", url: str = URI) -> None:
        facts = with_proof(TOKEN, *proofs, method=method, url=url)
        self.possession.check(PRESENTED, facts, thumbprint=HOLDER.thumbprint())

    @property
    def used(self) -> int:
        return len(self.possession._seen)

    def refusal(self, *proofs: str, method: str = "GET", url: str = URI) -> str:
        with pytest.raises(GuardError) as caught:
            self.check(*proofs, method=method, url=url)
        assert isinstance(caught.value, InvalidProofError | InvalidTokenError)
        return caught.value.code


def test_the_holder_of_the_key_passes() -> None:
    """RFC 9449 §7.1."""
    service = Service()
    service.check(proof(ath=ATH))

    assert service.refusal(proof(ath=ATH, htu="https://api.test/other", jti="2")) == "dpop_proof_uri"


def test_a_good_proof_of_another_key_is_the_thiefs() -> None:
    """J72, check 12, second half."""
    assert Service().refusal(proof(THIEF, ath=ATH)) == "dpop_key_mismatch"


def test_a_proof_is_good_once() -> None:
    """J72; RFC 9449 §11.1."""
    service = Service()
    service.check(proof(ath=ATH))

    assert service.refusal(proof(ath=ATH)) == "dpop_proof_replayed"
    service.check(proof(ath=ATH, jti="another"))


def test_somebody_elses_proof_uses_nothing_up() -> None:
    """Or a thief could make the owner's next proof fail by guessing its "jti"."""
    service = Service()
    service.refusal(proof(THIEF, ath=ATH))
    assert service.used == 0

    service.check(proof(ath=ATH))
    assert service.used == 1


@pytest.mark.parametrize(("iat", "good"), [(NOW, True), (NOW - 1, False)])
def test_a_proof_from_before_the_start_is_refused(iat: int, good: bool) -> None:
    """What was used in an earlier life of this process, nobody remembers."""
    service = Service(running_for=0)
    made = proof(ath=ATH, iat=iat)

    if good:
        service.check(made)
    else:
        assert service.refusal(made) == "dpop_proof_too_old"


@pytest.mark.parametrize(
    ("public_url", "url", "htu"),
    [
        ("https://api.test", "http://127.0.0.1:8000/notes?a=b", "https://api.test/notes"),
        ("https://api.test/", "http://evil.test/notes", "https://api.test/notes"),
        ("https://api.test/v1", "http://127.0.0.1:8000/notes", "https://api.test/v1/notes"),
        ("https://api.test", "http://127.0.0.1:8000/a%2Fb", "https://api.test/a%2Fb"),
        ("https://api.test", "http://127.0.0.1:8000/", "https://api.test"),
    ],
)
def test_the_target_is_the_public_one(public_url: str, url: str, htu: str) -> None:
    """Decision 15: whatever Host header, scheme or port reached us."""
    service = Service(public_url=public_url)
    service.check(proof(ath=ATH, htu=htu), url=url)

    assert service.used == 1


def test_the_host_header_decides_nothing() -> None:
    """A proof that was made for another service is not made good by sending that one's name along."""
    made = proof(ath=ATH, htu="https://other.test/notes")

    assert Service().refusal(made, url="https://other.test/notes") == "dpop_proof_uri"


@pytest.mark.parametrize("public_url", ["", "api.test", "/", "https://ada@api.test"])
def test_a_public_url_is_one(public_url: str) -> None:
    """Found at start, not at the first request."""
    with pytest.raises(ValueError, match="target URI"):
        Service(public_url=public_url)


def test_a_token_without_a_key_is_a_bearer_token() -> None:
    assert bound_thumbprint({}, PresentedToken(TOKEN, "Bearer")) is None


def test_a_bearer_token_sent_as_bound_is_refused() -> None:
    """J73, RFC 9449 §7.1: the proof would say nothing about this token."""
    with pytest.raises(InvalidTokenError) as caught:
        bound_thumbprint({}, PRESENTED)

    assert caught.value.code == "token_not_bound"


def test_a_bound_token_says_whose_key() -> None:
    """RFC 9449 §6.1."""
    assert bound_thumbprint({"cnf": {"jkt": "x"}}, PRESENTED) == "x"


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
@pytest.mark.parametrize("cnf", [{"x5t#S256": "x"}, {"jkt": "x", "x5t#S256": "y"}, {"jkt": 7}, {}, "x", None])
def test_what_cannot_be_proven_here_is_refused(cnf: Any, scheme: Scheme) -> None:
    """RFC 7800 §3.1: a confirmation that is not understood is not one that may be left out."""
    with pytest.raises(InvalidTokenError) as caught:
        bound_thumbprint({"cnf": cnf}, PresentedToken(TOKEN, scheme))

    assert caught.value.code == "unproven_possession"


def test_a_bound_token_is_no_bearer_token() -> None:
    """J73, RFC 9449 §7.2: a stolen one would otherwise be as good as any."""
    with pytest.raises(InvalidTokenError) as caught:
        bound_thumbprint({"cnf": {"jkt": "x"}}, PresentedToken(TOKEN, "Bearer"))

    assert caught.value.code == "unproven_possession"
