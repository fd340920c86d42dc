"""HPKE: the schedule of keys by RFC 9180, and what the draft makes of it (draft-ietf-jose-hpke-encrypt-20 §5, §6)."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x448 import X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.jose.jwe.vectors import load
from tokensmith.jose.errors import DecryptionError, KeyMaterialError
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS, key_management
from tokensmith.jose.jwa.content_encryption import EncryptedContent
from tokensmith.jose.jwa.hpke import SUITES, Suite, decapsulate, encapsulate, recipient_info, schedule
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwk.generate import generate_key_object

A128GCM = CONTENT_ENCRYPTIONS["A128GCM"]
# RFC 9180 has no examples for P-384 and X448, and for P-256 none with AES-256;
# the draft's own tokens are examples for all.
SUITE_OF_SECTION = {"A.1": "HPKE-3", "A.2": "HPKE-4", "A.3": "HPKE-0", "A.6": "HPKE-2"}
LIBRARY = {
    "HPKE-0": (hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM),
    "HPKE-1": (hpke.KEM.P384, hpke.KDF.HKDF_SHA384, hpke.AEAD.AES_256_GCM),
    "HPKE-2": (hpke.KEM.P521, hpke.KDF.HKDF_SHA512, hpke.AEAD.AES_256_GCM),
    "HPKE-3": (hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM),
    "HPKE-4": (hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305),
    "HPKE-7": (hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}
"""What the primitive library has an HPKE of its own for; X448 it has not."""
every = pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
on_nist_curves = pytest.mark.parametrize(
    "suite", [each for each in SUITES.values() if each.kem.curve[0] == "P"], ids=lambda each: each.name
)
that_the_library_has = pytest.mark.parametrize("suite", [SUITES[name] for name in LIBRARY], ids=LIBRARY)


def private_key(suite: Suite) -> Any:
    return generate_key_object(key_management(suite.name))


def prepared(name: str, key: Any) -> Any:
    algorithm = key_management(name)
    return algorithm.prepare(algorithm, key)


def key_of(example: dict[str, Any], curve: str) -> Any:
    secret = bytes.fromhex(example["skRm"])
    if curve == "X25519":
        return X25519PrivateKey.from_private_bytes(secret)
    return ec.derive_private_key(
        int.from_bytes(secret, "big"), {"P-256": ec.SECP256R1(), "P-521": ec.SECP521R1()}[curve]
    )


@pytest.mark.parametrize("example", load("rfc9180-base.json"), ids=lambda each: each["section"])
def test_the_examples_of_the_standard(example: dict[str, Any]) -> None:
    """RFC 9180 A.1.1, A.2.1, A.3.1, A.6.1: secret, key, nonce, then the first message."""
    suite = SUITES[SUITE_OF_SECTION[example["section"]]]
    said = {
        name: bytes.fromhex(value) for name, value in example.items() if isinstance(value, str) and name != "section"
    }
    secret = decapsulate(suite, said["enc"], key_of(example, suite.kem.curve))
    key_and_nonce = schedule(suite, secret, info=said["info"])

    assert (suite.kem.number, suite.kem.kdf_number, suite.aead_number) == (
        example["kem_id"],
        example["kdf_id"],
        example["aead_id"],
    )
    assert secret == said["shared_secret"]
    assert key_and_nonce == said["key"] + said["base_nonce"]
    integrated = key_management(suite.name).integrated
    assert integrated is not None
    content = EncryptedContent(iv=b"", ciphertext=said["ct"], tag=b"")
    assert integrated.decrypt(key_and_nonce, content=content, aad=said["aad"]) == said["pt"]
    assert integrated.encrypt(key_and_nonce, iv=b"", plaintext=said["pt"], aad=said["aad"]) == content


def test_the_suites_are_those_of_the_draft() -> None:
    """D21: pinned by name, §5.1 and §6.2 of the draft; no other is offered."""
    assert set(SUITES) == {*LIBRARY, "HPKE-5", "HPKE-6"} == {f"HPKE-{number}" for number in range(8)}
    for name in ("HPKE-8", "HPKE-8-KE", "HPKE", "hpke-0", "HPKE-0-ke"):
        with pytest.raises(KeyMaterialError):
            key_management(name)


@that_the_library_has
def test_what_we_send_another_implementation_reads(suite: Suite) -> None:
    """The primitive library's own HPKE, which knows no additional data, and so key encryption alone."""
    theirs, key = hpke.Suite(*LIBRARY[suite.name]), private_key(suite)
    sent = prepared(f"{suite.name}-KE", key.public_key()).wrap(bytes(range(16)), A128GCM, Parameters())
    whole = sent.parameters.encapsulated_secret + sent.encrypted_key

    assert theirs.decrypt(whole, key, info=recipient_info(A128GCM)) == bytes(range(16))


@that_the_library_has
def test_what_another_implementation_sends_we_read(suite: Suite) -> None:
    theirs, key, size = hpke.Suite(*LIBRARY[suite.name]), private_key(suite), suite.kem.public_octets
    whole = theirs.encrypt(bytes(range(16)), key.public_key(), info=recipient_info(A128GCM))
    unwrap = prepared(f"{suite.name}-KE", key).unwrap

    assert unwrap(whole[size:], A128GCM, Parameters(encapsulated_secret=whole[:size])) == bytes(range(16))


def test_a_content_key_is_bound_to_what_it_is_for() -> None:
    """D21; §6.1.1 of the draft gives the octets."""
    assert recipient_info(A128GCM).hex() == "4a4f53452d48504b452072637074ff4131323847434dff"
    ready = prepared("HPKE-0-KE", private_key(SUITES["HPKE-0"]))
    sent = ready.wrap(bytes(32), CONTENT_ENCRYPTIONS["A256GCM"], Parameters())

    assert ready.unwrap(sent.encrypted_key, CONTENT_ENCRYPTIONS["A256GCM"], sent.parameters) == bytes(32)
    with pytest.raises(DecryptionError):
        # A content key as long as that of A256GCM.
        ready.unwrap(sent.encrypted_key, CONTENT_ENCRYPTIONS["A128CBC-HS256"], sent.parameters)


def test_a_content_key_of_another_length_than_its_enc_is_refused() -> None:
    """Threat D15: under the right name, as only a sender can who keeps no rule."""
    ready = prepared("HPKE-0-KE", private_key(SUITES["HPKE-0"]))
    for length in (0, 15, 17, 32):
        sent = ready.wrap(bytes(length), A128GCM, Parameters())
        with pytest.raises(DecryptionError):
            ready.unwrap(sent.encrypted_key, A128GCM, sent.parameters)


@every
def test_both_sides_find_one_secret_which_is_new_each_time(suite: Suite) -> None:
    """Threat D13: an encapsulated secret serves one message."""
    key = private_key(suite)
    first, second = (encapsulate(suite, key.public_key()) for _ in range(2))

    assert decapsulate(suite, first[0], key) == first[1]
    assert len(first[0]) == suite.kem.public_octets
    assert first[0] != second[0]
    assert first[1] != second[1]


@every
def test_what_is_no_public_key_is_the_one_refusal(suite: Suite) -> None:
    """RFC 9180 §7.1.4, §8.1: a point off the curve, or of another length."""
    key = private_key(suite)
    good = encapsulate(suite, key.public_key())[0]
    damaged = [b"", good[:-1], good + b"\0", b"\x04" + bytes(suite.kem.public_octets - 1)]
    if suite.kem.curve[0] == "X":
        damaged = [b"", good[:-1], good + b"\0", bytes(suite.kem.public_octets)]

    for sent in damaged:
        with pytest.raises(DecryptionError) as refusal:
            decapsulate(suite, sent, key)
        assert (refusal.value.code, str(refusal.value)) == ("decryption_failed", "The token cannot be decrypted.")


@on_nist_curves
def test_a_point_has_one_spelling(suite: Suite) -> None:
    """RFC 9180 §7.1.1: uncompressed; a compressed or hybrid one is another text for the same token."""
    key = private_key(suite)
    point = key.public_key()
    compressed = point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    hybrid = (
        bytes([6 + (point.public_numbers().y & 1)])
        + point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    )

    for sent in (compressed, hybrid):
        with pytest.raises(DecryptionError):
            decapsulate(suite, sent, key)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("HPKE-3", X25519PublicKey),
        ("HPKE-4-KE", X25519PublicKey),
        ("HPKE-5-KE", X448PublicKey),
        ("HPKE-6", X448PublicKey),
    ],
)
def test_a_key_of_small_order_is_refused(name: str, kind: Any) -> None:
    """Threat D01: everybody would "agree" with it on zeros (RFC 9180 §7.1.4)."""
    with pytest.raises(KeyMaterialError) as refusal:
        prepared(name, kind.from_public_bytes(bytes(32 if kind is X25519PublicKey else 56)))

    assert refusal.value.code == "weak_key"


@every
@pytest.mark.parametrize("ending", ["", "-KE"])
def test_a_key_on_another_curve_is_refused(suite: Suite, ending: str) -> None:
    """§9 of the draft, Table 3."""
    keys = {each.kem.curve: private_key(each) for each in SUITES.values()}
    assert prepared(suite.name + ending, keys.pop(suite.kem.curve)).unwrap is not None
    for key in (*keys.values(), *(each.public_key() for each in keys.values()), b"secret"):
        with pytest.raises(KeyMaterialError) as refusal:
            prepared(suite.name + ending, key)
        assert refusal.value.code == "algorithm_mismatch"


@every
def test_a_vector_or_a_tag_beside_the_ciphertext_is_refused(suite: Suite) -> None:
    """J67: §5 of the draft: both "MUST be the empty octet sequence"; nothing covers them."""
    integrated = key_management(suite.name).integrated
    assert integrated is not None
    key = bytes(integrated.key_bytes)
    good = integrated.encrypt(key, iv=b"", plaintext=b"x", aad=b"a").ciphertext

    assert integrated.decrypt(key, content=EncryptedContent(iv=b"", ciphertext=good, tag=b""), aad=b"a") == b"x"
    for iv, ciphertext, tag, aad in (
        (b"\0", good, b"", b"a"),
        (bytes(12), good, b"", b"a"),
        (b"", good, b"\0", b"a"),
        (b"", good[:-16], good[-16:], b"a"),
        (b"", good, b"", b""),
        (b"", good[:-1], b"", b"a"),
        (b"", b"", b"", b"a"),
    ):
        with pytest.raises(DecryptionError):
            integrated.decrypt(key, content=EncryptedContent(iv=iv, ciphertext=ciphertext, tag=tag), aad=aad)


def test_integrated_encryption_has_no_other_cipher() -> None:
    """D21: a secret of 28 or 44 octets never becomes the key of an "enc"."""
    key = private_key(SUITES["HPKE-0"])
    sender, recipient = prepared("HPKE-0", key.public_key()), prepared("HPKE-0", key)
    own = key_management("HPKE-0").integrated
    sent = sender.wrap(b"", own, Parameters())

    assert sender.unwrap is None
    assert recipient.unwrap(sent.encrypted_key, own, Parameters()) == sent.content_key
    for call in (sender.wrap, recipient.unwrap):
        with pytest.raises(KeyMaterialError) as refusal:
            call(sent.encrypted_key, A128GCM, Parameters())
        assert refusal.value.code == "algorithm_mismatch"
