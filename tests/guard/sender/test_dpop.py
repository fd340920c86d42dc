"""DPoP proofs: each of the twelve checks of RFC 9449 §4.3 fails what it is there for."""

import dataclasses

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tests.guard.sender.proofs import HOLDER, THIEF, URI, access_token_hash, proof, public_jwk
from tokensmith.guard import InvalidProofError
from tokensmith.guard.sender import DPOP_ALGORITHMS, DpopProof, DpopVerifier
from tokensmith.jose import Key, base64url, strict_json

# RFC 9449 §7.1, figures 13 and 14.
RFC_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
RFC_PROOF = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRj"
    "QyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGki"
    "OiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZS"
    "IsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L"
    "-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
RFC_THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"  # §6.1, figure 9: of the same key


class FixedClock:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds


def verify(*proofs: str, now: float = NOW, method: str = "GET", uri: str = URI, token: str | None = None) -> DpopProof:
    verifier = DpopVerifier(clock=FixedClock(now))
    return verifier.verify([each.encode() for each in proofs], method=method, uri=uri, access_token=token)


def refusal(*proofs: str, now: float = NOW, method: str = "GET", uri: str = URI, token: str | None = None) -> str:
    with pytest.raises(InvalidProofError) as caught:
        verify(*proofs, now=now, method=method, uri=uri, token=token)
    assert (caught.value.status, caught.value.error) == (401, "invalid_dpop_proof")
    return caught.value.code


def test_the_example_of_the_standard_holds() -> None:
    """RFC 9449 §7.1, figures 13 and 14."""
    target = "https://resource.example.org/protectedresource"
    proven = verify(RFC_PROOF, now=1562262618, uri=target, token=RFC_TOKEN)

    assert (proven.thumbprint, proven.issued_at) == (RFC_THUMBPRINT, 1562262618)
    assert refusal(RFC_PROOF, now=1562262618, uri=target, token=RFC_TOKEN + "x") == "dpop_proof_access_token"


@pytest.mark.parametrize("alg", DPOP_ALGORITHMS)
def test_every_algorithm_that_is_offered_is_taken(alg: str) -> None:
    """§4.2 and check 5; a key that does not name its algorithm takes it from the header, since it comes with it."""
    key = Key.generate(alg)

    assert verify(proof(key)).thumbprint == key.thumbprint()


def test_two_proofs_of_one_key_are_told_apart() -> None:
    """By "jti" and key, so that nobody can use up somebody else's."""
    first = verify(proof(jti="1"))

    assert first == verify(proof(jti="1"))
    assert first.digest != verify(proof(jti="2")).digest
    assert first.digest != verify(proof(THIEF, jti="1")).digest


@pytest.mark.parametrize(("proofs", "code"), [((), "dpop_proof_missing"), ((proof(), proof()), "dpop_proof_repeated")])
def test_there_is_exactly_one_proof(proofs: tuple[str, ...], code: str) -> None:
    """J72, check 1: two, and we might look at the one and somebody else at the other."""
    assert refusal(*proofs) == code


@pytest.mark.parametrize("text", ["", "a", "a.b", "..", f"{proof()}, {proof()}", proof() + ".", "é.é.é"])
def test_it_is_one_well_formed_token(text: str) -> None:
    """J72, check 2."""
    assert refusal(text) in {"malformed", "base64url", "json"}


@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat"])
def test_every_claim_is_there(claim: str) -> None:
    """J72, check 3."""
    assert refusal(proof(**{claim: None})) == "missing_claim"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "dpop", None])
def test_it_is_of_its_own_type(typ: str | None) -> None:
    """F16, F01: J72, check 4: an ID token or a client assertion of the same key is no proof."""
    assert refusal(proof(header={"typ": typ})) == "wrong_type"


def test_the_type_is_a_media_type() -> None:
    """RFC 7515 §4.1.9."""
    assert verify(proof(header={"typ": "application/DPoP+JWT"})).thumbprint == HOLDER.thumbprint()


def test_a_shared_secret_proves_nothing() -> None:
    """F16: J72, check 5: whoever verifies could have made it."""
    secret = Key.generate("HS256")
    claims = {"jti": "1", "htm": "GET", "htu": URI, "iat": NOW}

    assert refusal(_mac(secret, claims)) == "forbidden_algorithm"


def _mac(secret: Key, claims: dict[str, object]) -> str:
    header = {"alg": "HS256", "typ": "dpop+jwt", "jwk": secret.to_jwk(private=True)}
    signing_input = ".".join(base64url.encode(strict_json.encode(part)) for part in (header, claims))
    return f"{signing_input}.{base64url.encode(secret.sign_bytes(signing_input.encode()))}"


def test_no_signature_is_no_proof() -> None:
    """J72, check 5, and P84."""
    _, claims, _ = proof().split(".")
    header = base64url.encode(strict_json.encode({"alg": "none", "typ": "dpop+jwt", "jwk": public_jwk(HOLDER)}))

    assert refusal(f"{header}.{claims}.") == "forbidden_algorithm"


@pytest.mark.parametrize("alg", ["ES256K", "ML-DSA-44"])
def test_an_algorithm_that_is_not_offered_is_not_taken(alg: str) -> None:
    """J72, check 5: "acceptable per local policy"; the challenge names what is."""
    assert refusal(proof(Key.generate(alg))) == "dpop_proof_algorithm"


def test_the_signature_is_of_the_key_it_brings() -> None:
    """F16, C04: J72, check 6."""
    assert refusal(proof(THIEF, header={"jwk": public_jwk(HOLDER)})) == "invalid_signature"


def test_a_proof_without_a_key_proves_nothing() -> None:
    """J72, check 6; a key that is only named would have to come from somewhere."""
    assert refusal(proof(header={"jwk": None})) == "malformed_header"


def test_a_key_of_the_wrong_kind_is_refused() -> None:
    """The algorithm of the header has to be one of the key's."""
    assert refusal(proof(header={"jwk": public_jwk(Key.generate("ES384"))})) == "algorithm_mismatch"
    assert refusal(proof(header={"jwk": {**public_jwk(HOLDER), "x": "AA"}})) == "malformed_key"


def test_a_proof_that_shows_a_private_key_is_refused() -> None:
    """F16, C04: J72, check 7: it is nobody's key any more."""
    shown = HOLDER.to_jwk(private=True)

    assert refusal(proof(header={"jwk": {"kty": "EC", "crv": "P-256"} | shown})) == "dpop_proof_private_key"


@pytest.mark.parametrize("method", ["POST", "get", ""])
def test_it_is_for_this_method(method: str) -> None:
    """F16: J72, check 8; RFC 9110 §9.1: methods are case-sensitive."""
    assert refusal(proof(htm=method)) == "dpop_proof_method"


@pytest.mark.parametrize(
    "htu",
    [
        "https://api.test/other",
        "https://api.test/notes/",
        "https://api.test/Notes",
        "http://api.test/notes",
        "https://api.test:8443/notes",
        "https://evil.test/notes",
        "https://api.test.evil.test/notes",
        "https://ada@api.test/notes",
        "/notes",
        "",
    ],
)
def test_it_is_for_this_target(htu: str) -> None:
    """F16: J72, check 9."""
    assert refusal(proof(htu=htu)) == "dpop_proof_uri"


@pytest.mark.parametrize("htu", [f"{URI}?a=b", f"{URI}#c", "HTTPS://API.test:443/%6Eotes"])
def test_spelling_query_and_fragment_make_no_other_target(htu: str) -> None:
    """§4.3: normalised before it is compared, and without query and fragment."""
    assert verify(proof(htu=htu), uri=f"{URI}?other=query").thumbprint == HOLDER.thumbprint()


@pytest.mark.parametrize(("now", "good"), [(NOW + 69, True), (NOW + 70, False), (NOW - 10, True), (NOW - 11, False)])
def test_it_is_fresh(now: int, good: bool) -> None:
    """J72, check 11: 60 seconds, and 10 of clock difference either way."""
    if good:
        assert verify(proof(), now=now).accepted_until == NOW + 70
    else:
        assert refusal(proof(), now=now) == ("dpop_proof_too_old" if now > NOW else "issued_in_the_future")


@pytest.mark.parametrize(
    "claims",
    [{"iat": "1800000000"}, {"iat": True}, {"iat": -1}, {"iat": 1e300}, {"htm": 1}, {"htu": ["a"]}, {"ath": 7}],
)
def test_claims_have_their_types(claims: dict[str, object]) -> None:
    """J72, check 3; RFC 9449 §4.2, RFC 7519 §2."""
    assert refusal(proof(**claims), token="token") == "malformed_claim"


@pytest.mark.parametrize("ath", [None, "", access_token_hash("another")])
def test_it_is_for_the_token_it_comes_with(ath: str | None) -> None:
    """F16: J72, check 12: or a captured proof would do for every token of the same key."""
    assert refusal(proof(ath=ath), token="token") == "dpop_proof_access_token"
    assert verify(proof(ath=access_token_hash("token")), token="token").thumbprint == HOLDER.thumbprint()


def test_a_proof_is_small() -> None:
    """§11.1: whoever keeps track of them must not be filled up."""
    assert refusal(proof(jti="x" * 9000)) == "too_large"


def test_a_refusal_tells_nothing_of_the_proof() -> None:
    """What was sent is for the log."""
    with pytest.raises(InvalidProofError) as caught:
        verify(proof(htu="https://evil.test/"))

    assert "evil" not in str(caught.value)
    assert "evil" in caught.value.detail


def test_what_was_proven_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        verify(proof()).thumbprint = "other"  # type: ignore[misc]


def test_the_clock_is_asked_each_time() -> None:
    """A verifier is kept for the life of a service."""
    outside = ScriptedOutside()
    verifier = DpopVerifier(clock=ScriptedClock(outside))
    verifier.verify([proof().encode()], method="GET", uri=URI)
    outside.seconds += 70
    with pytest.raises(InvalidProofError) as caught:
        verifier.verify([proof().encode()], method="GET", uri=URI)

    assert caught.value.code == "dpop_proof_too_old"
