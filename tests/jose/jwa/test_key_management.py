"""What holds for every algorithm that manages content keys (RFC 7518 §4.1)."""

import pytest

from tokensmith.jose.errors import DecryptionError, KeyMaterialError
from tokensmith.jose.jwa import (
    CONTENT_ENCRYPTIONS,
    KEY_MANAGEMENT_ALGORITHMS,
    ContentEncryption,
    KeyManagementAlgorithm,
    signature,
)
from tokensmith.jose.jwa.direct import DIR_OF_ENC
from tokensmith.jose.jwa.key_management import Parameters, WrappedKey, key_mismatch
from tokensmith.jose.jwk.export import write_public_members
from tokensmith.jose.jwk.generate import generate_key_object

SENT = [each for each in KEY_MANAGEMENT_ALGORITHMS.values() if not each.has_one_recipient]
INTEGRATED = [each for each in KEY_MANAGEMENT_ALGORITHMS.values() if each.integrated is not None]
DIRECT = [KEY_MANAGEMENT_ALGORITHMS["ECDH-ES"], *DIR_OF_ENC.values()]
# The fewest a recipient accepts: the tests are about the rest.
CHEAP = Parameters(iterations=1000)
A128GCM, A256CBC = CONTENT_ENCRYPTIONS["A128GCM"], CONTENT_ENCRYPTIONS["A256CBC-HS512"]
OTHERS = {
    "oct": bytes(64),
    "RSA": generate_key_object(signature("RS256")),
    "EC": generate_key_object(signature("ES256")),
    "Ed25519, which is OKP, but not for agreeing on keys": generate_key_object(signature("Ed25519")),
}
KEY_TYPES = {
    "RSA-": "RSA",
    "ECDH-ES": "EC",
    "HPKE-0": "EC",
    "HPKE-3": "OKP",
    "HPKE-4": "OKP",
    "HPKE-5": "OKP",
    "HPKE-6": "OKP",
}
by_name = pytest.mark.parametrize("algorithm", SENT, ids=lambda each: each.name)


@by_name
@pytest.mark.parametrize("enc", CONTENT_ENCRYPTIONS.values(), ids=CONTENT_ENCRYPTIONS)
def test_the_recipient_finds_the_content_key(algorithm: KeyManagementAlgorithm, enc: ContentEncryption) -> None:
    ready = algorithm.prepare(algorithm, generate_key_object(algorithm))
    content_key = bytes(range(enc.key_bytes))
    wrapped = ready.wrap(content_key, enc, CHEAP)

    assert wrapped.content_key == content_key
    assert content_key not in wrapped.encrypted_key
    assert ready.unwrap(wrapped.encrypted_key, enc, wrapped.parameters) == content_key  # type: ignore[misc]


@by_name
def test_a_content_key_of_another_length_is_refused(algorithm: KeyManagementAlgorithm) -> None:
    """Threat D15; RFC 7516 §5.2, step 9: a length "equal to that required for the content encryption algorithm"."""
    ready = algorithm.prepare(algorithm, generate_key_object(algorithm))
    wrapped = ready.wrap(bytes(16), A128GCM, CHEAP)

    with pytest.raises(DecryptionError) as refusal:
        ready.unwrap(wrapped.encrypted_key, A256CBC, wrapped.parameters)  # type: ignore[misc]

    assert refusal.value.code == "decryption_failed"


@by_name
def test_a_damaged_encrypted_key_is_the_one_refusal(algorithm: KeyManagementAlgorithm) -> None:
    """Threat D09: RSA padding, key wrap and GCM tag fail alike."""
    ready = algorithm.prepare(algorithm, generate_key_object(algorithm))
    wrapped = ready.wrap(bytes(16), A128GCM, CHEAP)
    good = wrapped.encrypted_key

    for damaged in (b"", good[:-1], good + b"\0", bytes([good[0] ^ 1]) + good[1:], good[:-1] + bytes([good[-1] ^ 1])):
        with pytest.raises(DecryptionError) as refusal:
            ready.unwrap(damaged, A128GCM, wrapped.parameters)  # type: ignore[misc]
        assert (refusal.value.code, str(refusal.value)) == ("decryption_failed", "The token cannot be decrypted.")


@pytest.mark.parametrize(
    "name", [each.name for each in SENT if each.parameters or each.name.startswith("RSA")] + ["ECDH-ES"]
)
def test_nothing_is_used_twice(name: str) -> None:
    """Threat D13: vector, salt, ephemeral key and padding are new each time."""
    algorithm = KEY_MANAGEMENT_ALGORITHMS[name]
    ready = algorithm.prepare(algorithm, generate_key_object(algorithm))
    first, second = (ready.wrap(bytes(16), A128GCM, CHEAP) for _ in range(2))

    assert fresh(first).isdisjoint(fresh(second))


def fresh(wrapped: WrappedKey) -> set[object]:
    said = wrapped.parameters
    point = None if said.ephemeral_key is None else tuple(write_public_members(said.ephemeral_key).values())[2]
    return {each for each in (wrapped.encrypted_key, said.iv, said.salt, said.encapsulated_secret, point) if each}


@pytest.mark.parametrize("algorithm", DIRECT, ids=lambda each: each.stated)
def test_a_direct_algorithm_sends_no_key(algorithm: KeyManagementAlgorithm) -> None:
    """RFC 7516 §5.1, step 5."""
    enc = algorithm.content_encryption or A128GCM
    ready = algorithm.prepare(algorithm, generate_key_object(algorithm))
    wrapped = ready.wrap(bytes(enc.key_bytes), enc, Parameters())

    assert wrapped.encrypted_key == b""
    assert wrapped.content_key != bytes(enc.key_bytes)
    assert ready.unwrap(b"", enc, wrapped.parameters) == wrapped.content_key  # type: ignore[misc]


@pytest.mark.parametrize("algorithm", INTEGRATED, ids=lambda each: each.name)
def test_an_integrated_algorithm_sends_what_leads_to_its_key(algorithm: KeyManagementAlgorithm) -> None:
    """draft-ietf-jose-hpke-encrypt-20 §5: the encrypted key is the encapsulated secret, and there is one recipient."""
    enc = algorithm.integrated
    assert enc is not None
    ready = algorithm.prepare(algorithm, generate_key_object(algorithm))
    first, second = (ready.wrap(bytes(enc.key_bytes), enc, Parameters()) for _ in range(2))

    assert algorithm.has_one_recipient
    assert not algorithm.is_direct
    assert fresh(first).isdisjoint(fresh(second))
    assert first.content_key not in (second.content_key, bytes(enc.key_bytes))
    assert ready.unwrap(first.encrypted_key, enc, first.parameters) == first.content_key  # type: ignore[misc]


def test_who_needs_which_permission() -> None:
    """RFC 7517 §4.3: content is encrypted, keys are wrapped, and what is agreed on or hashed is derived."""
    by_need = {each.name: (set(each.wrapping), set(each.unwrapping)) for each in KEY_MANAGEMENT_ALGORITHMS.values()}
    derive = {"deriveKey", "deriveBits"}

    assert by_need["dir"] == ({"encrypt"}, {"decrypt"})
    assert by_need["A128KW"] == by_need["A256GCMKW"] == by_need["RSA-OAEP"] == ({"wrapKey"}, {"unwrapKey"})
    assert by_need["HPKE-0"] == by_need["dir"]
    assert by_need["HPKE-0-KE"] == by_need["A128KW"]
    assert by_need["ECDH-ES"] == by_need["ECDH-ES+A128KW"] == by_need["PBES2-HS256+A128KW"] == (derive, derive)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RSA-OAEP", "RSA-OAEP needs an RSA key."),
        ("A128KW", "A128KW needs an oct key of 16 octets."),
        ("ECDH-ES", "ECDH-ES needs an EC or OKP key on one of P-256, P-384, P-521, X25519, X448."),
    ],
)
def test_a_mismatch_says_what_was_needed(name: str, text: str) -> None:
    error = key_mismatch(KEY_MANAGEMENT_ALGORITHMS[name])

    assert (str(error), error.code) == (text, "algorithm_mismatch")


@pytest.mark.parametrize("algorithm", [*SENT, *DIRECT, *INTEGRATED], ids=lambda each: each.stated)
def test_a_key_of_another_kind_is_refused(algorithm: KeyManagementAlgorithm) -> None:
    """Threats A07 and A10: the key has to be what the algorithm needs, whatever anybody says."""
    for kty, key_object in OTHERS.items():
        if kty in algorithm.key_types:
            continue
        with pytest.raises(KeyMaterialError) as refusal:
            algorithm.prepare(algorithm, key_object)
        assert refusal.value.code == "algorithm_mismatch"


@pytest.mark.parametrize(
    "algorithm",
    [
        each
        for each in (*KEY_MANAGEMENT_ALGORITHMS.values(), *DIR_OF_ENC.values())
        if each is not KEY_MANAGEMENT_ALGORITHMS["dir"]
    ],
    ids=lambda each: each.name,
)
def test_a_prepared_key_says_what_it_is(algorithm: KeyManagementAlgorithm) -> None:
    """RFC 7518 §4.1, RFC 8037 §3.2, and the table of the HPKE draft (§5.1)."""
    expected = next((type_ for name, type_ in KEY_TYPES.items() if algorithm.name.startswith(name)), None)
    if expected is None:
        expected = "EC" if algorithm.name.startswith("HPKE-") else "oct"

    assert algorithm.prepare(algorithm, generate_key_object(algorithm)).key_type == expected
