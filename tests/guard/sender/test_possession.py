"""The proof of a key: for this request, for this token, by this key, once, and with our nonce."""

from collections.abc import Callable

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import ScriptedClock, ScriptedOutside, run
from tests.guard.sender.proofs import HOLDER, PUBLIC_URL, THIEF, URI, access_token_hash, proof, with_proof
from tokensmith.guard import (
    GuardError,
    InvalidProofError,
    InvalidTokenError,
    NonceNeededError,
    UnavailableError,
    remembered_from,
)
from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.sender import Nonces, PossessionCheck, SeenProofs

TOKEN = "a.b.c"
PRESENTED = PresentedToken(TOKEN, "DPoP")
ATH = access_token_hash(TOKEN)
SECRET = bytes(range(32))


class Service:
    """A service at PUBLIC_URL that was started *running_for* seconds ago."""

    def __init__(
        self,
        *,
        public_url: str = PUBLIC_URL,
        running_for: float = 500,
        nonce_secret: bytes | None = None,
        begin: Callable[[float], float] = float,
    ) -> None:
        self.outside = ScriptedOutside()
        self.outside.seconds -= running_for
        clock = ScriptedClock(self.outside)
        self.memory = SeenProofs(since=begin(clock.now()))
        made = None if nonce_secret is None else Nonces(nonce_secret, clock=clock)
        self.possession = PossessionCheck(public_url=public_url, clock=clock, memory=self.memory, nonces=made)
        self.outside.seconds += running_for

    def check(self, *proofs: str, method: str = "GET", url: str = URI) -> None:
        facts = with_proof(TOKEN, *proofs, method=method, url=url)
        run(self.possession.check(PRESENTED, facts, thumbprint=HOLDER.thumbprint()))

    @property
    def used(self) -> int:
        return len(self.memory)

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


def test_a_proof_dated_ahead_is_not_taken_again_after_a_restart() -> None:
    """F11: by its date alone it was made after the start; a memory that waits takes no proof of the first 11 s."""
    ahead = proof(ath=ATH, iat=NOW + 10)
    Service().check(ahead)
    restarted = Service(running_for=0, begin=remembered_from)

    with pytest.raises(UnavailableError) as caught:
        restarted.check(ahead)
    assert (caught.value.code, caught.value.retry_after) == ("replay_memory_new", 11)
    restarted.outside.seconds += 10.5
    with pytest.raises(UnavailableError) as caught:
        restarted.check(ahead)
    assert caught.value.retry_after == 1
    restarted.outside.seconds += 0.5
    assert restarted.refusal(ahead) == "dpop_proof_too_old"
    restarted.check(proof(ath=ATH, iat=NOW + 11, jti="another"))


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


def nonce_for(service: Service, *proofs: str) -> str:
    with pytest.raises(NonceNeededError) as caught:
        service.check(*proofs)
    assert (caught.value.code, caught.value.error) == ("dpop_nonce_needed", "use_dpop_nonce")
    return caught.value.nonce


def test_a_proof_needs_the_nonce_that_was_told() -> None:
    """J72, check 10; RFC 9449 §9."""
    service = Service(nonce_secret=SECRET)
    told = nonce_for(service, proof(ath=ATH))

    service.check(proof(ath=ATH, nonce=told))
    assert nonce_for(service, proof(ath=ATH, jti="2", nonce="stranger's")) == told


def test_a_proof_without_its_nonce_uses_nothing_up() -> None:
    """It may be sent again with the nonce, and the same "jti"."""
    service = Service(nonce_secret=SECRET)
    told = nonce_for(service, proof(ath=ATH))

    assert service.used == 0
    service.check(proof(ath=ATH, nonce=told))


def test_nobody_else_is_told_a_nonce() -> None:
    """To anybody but the holder of the key it is of no use."""
    service = Service(nonce_secret=SECRET)

    assert service.refusal(proof(THIEF, ath=ATH)) == "dpop_key_mismatch"
    assert service.refusal(proof(ath="x")) == "dpop_proof_access_token"


def test_a_nonce_is_no_second_use() -> None:
    """J72; it bounds a proof's age, and is the same for everybody for a minute."""
    service = Service(nonce_secret=SECRET)
    told = nonce_for(service, proof(ath=ATH))
    service.check(proof(ath=ATH, nonce=told))

    assert service.refusal(proof(ath=ATH, nonce=told)) == "dpop_proof_replayed"


def test_a_proof_made_in_advance_comes_too_late() -> None:
    """RFC 9449 §11.2: "iat" is its maker's word, the nonce is ours."""
    service = Service(nonce_secret=SECRET)
    told = nonce_for(service, proof(ath=ATH))
    service.outside.seconds += 180

    assert nonce_for(service, proof(ath=ATH, nonce=told, iat=NOW + 180)) != told


def test_without_a_secret_a_nonce_is_not_looked_at() -> None:
    service = Service()
    service.check(proof(ath=ATH, nonce="some other server's"))

    assert service.used == 1
