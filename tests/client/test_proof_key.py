"""Proofs as the guard takes them."""

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tokensmith.client import ProofKey
from tokensmith.guard.sender import DpopVerifier
from tokensmith.jose import Key, jws
from tokensmith.jose.errors import KeyMaterialError

URI = "https://api.test/notes"
CLOCK = ScriptedClock(ScriptedOutside())


@pytest.mark.parametrize("alg", ["ES256", "Ed25519", "PS256"])
def test_a_guard_takes_its_proofs(alg: str) -> None:
    """RFC 9449 §4.2, §4.3: all twelve checks."""
    key = ProofKey(Key.generate(alg), clock=CLOCK)
    made = key.proof("GET", f"{URI}?page=2#top", access_token="a.b.c")
    seen = DpopVerifier(clock=CLOCK).verify([made.encode()], method="GET", uri=URI, access_token="a.b.c")

    assert (seen.thumbprint, seen.issued_at, seen.nonce) == (key.thumbprint, NOW, None)


def test_a_proof_for_a_token_request_names_no_token() -> None:
    key = ProofKey(clock=CLOCK)
    made = key.proof("POST", URI)

    assert DpopVerifier(clock=CLOCK).verify([made.encode()], method="POST", uri=URI).thumbprint == key.thumbprint


def test_no_proof_is_like_another() -> None:
    """RFC 9449 §4.2: "jti" is unique."""
    key = ProofKey(clock=CLOCK)
    verifier = DpopVerifier(clock=CLOCK)
    seen = {verifier.verify([key.proof("GET", URI).encode()], method="GET", uri=URI).digest for _ in range(20)}

    assert len(seen) == 20


def test_nothing_private_and_nothing_needless_is_in_it() -> None:
    """A kid would tell services apart who share nothing else."""
    key = Key.generate("ES256", kid="the laptop of ada")
    made = jws.verify(ProofKey(key, clock=CLOCK).proof("GET", URI), key.public())

    assert set(made.header) == {"alg", "typ", "jwk"}
    assert set(dict(made.header["jwk"])) == {"kty", "crv", "x", "y"}  # type: ignore[arg-type]


def test_a_secret_is_no_proof_key() -> None:
    with pytest.raises(KeyMaterialError):
        ProofKey(Key.generate("HS256"))


def test_a_nonce_is_for_the_server_that_told_it() -> None:
    """RFC 9449 §8.2, §9."""
    key = ProofKey(clock=CLOCK)
    verifier = DpopVerifier(clock=CLOCK)

    def nonce_at(url: str) -> object:
        return verifier.verify([key.proof("GET", url).encode()], method="GET", uri=url).nonce

    key.learn(URI, "n-1")
    assert nonce_at("https://api.test/other") == "n-1"
    assert nonce_at("https://id.test/token") is None
    key.learn(URI, None)
    assert nonce_at(URI) == key.nonce_for(URI) == "n-1"
    key.learn(URI, "n-2")
    assert nonce_at(URI) == "n-2"


def test_nonces_of_many_servers_take_no_more_room() -> None:
    key = ProofKey(clock=CLOCK)
    for number in range(1001):
        key.learn(f"https://a{number}.test/", "n")

    assert len(key._nonces) == 1
