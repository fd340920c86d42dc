"""ECDH-ES: agreeing on a key (RFC 7518 §4.6, RFC 8037 §3.2)."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey, X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.errors import DecryptionError, KeyMaterialError
from tokensmith.jose.jwa import content_encryption, key_management
from tokensmith.jose.jwa.descriptor import KeyObject
from tokensmith.jose.jwa.ecdh_es import agree, derive_key
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwk.ec_members import read_ec
from tokensmith.jose.jwk.okp_members import read_okp

EXAMPLE = load("rfc7518-ecdh-es.json")
A128GCM = content_encryption("A128GCM")
PRIVATE: dict[str, Any] = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()),
    "X25519": X25519PrivateKey.generate(),
    "X448": X448PrivateKey.generate(),
}
# Points of order 1 and 2, and, on X25519, one of order 8 (RFC 7748 §6.1 and §6.2 lead all of them to zeros).
SMALL_ORDER = [
    X25519PublicKey.from_public_bytes(bytes(32)),
    X25519PublicKey.from_public_bytes(b"\x01" + bytes(31)),
    X25519PublicKey.from_public_bytes(
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
    ),
    X448PublicKey.from_public_bytes(bytes(56)),
    X448PublicKey.from_public_bytes(b"\x01" + bytes(55)),
]


def test_the_example_of_the_standard() -> None:
    """RFC 7518 Appendix C: the shared secret, then the key."""
    recipient, ephemeral = read_ec(EXAMPLE["recipient"]), read_ec(EXAMPLE["ephemeral"])
    secret = agree(recipient, ephemeral.public_key())  # type: ignore[arg-type, union-attr]
    parameters = Parameters(party_u=b"Alice", party_v=b"Bob")

    assert secret == base64url.decode(EXAMPLE["shared_secret"])
    assert secret == agree(ephemeral, recipient.public_key())  # type: ignore[arg-type, union-attr]
    derived = derive_key(secret, algorithm_id="A128GCM", parameters=parameters, length=16)
    assert base64url.encode(derived) == EXAMPLE["derived_key"]


def test_a_recipient_of_the_example_finds_the_key() -> None:
    """RFC 7518 Appendix C, by the way a token goes."""
    algorithm = key_management("ECDH-ES")
    ready = algorithm.prepare(algorithm, read_ec(EXAMPLE["recipient"]))
    said = Parameters(ephemeral_key=read_ec(EXAMPLE["header"]["epk"]), party_u=b"Alice", party_v=b"Bob")  # type: ignore[arg-type]

    assert ready.unwrap is not None
    assert base64url.encode(ready.unwrap(b"", A128GCM, said)) == EXAMPLE["derived_key"]


@pytest.mark.parametrize("example", load("rfc8037-ecdh-es.json"), ids=lambda each: each["section"])
def test_the_examples_on_the_newer_curves(example: dict[str, Any]) -> None:
    """RFC 8037 A.6 and A.7: the sender's side, whose one-time secret is printed."""
    kind: Any = X25519PrivateKey if example["section"] == "A.6" else X448PrivateKey
    ephemeral = kind.from_private_bytes(bytes.fromhex(example["ephemeral_secret"]))
    recipient = read_okp(example["recipient"])

    assert ephemeral.public_key() == read_okp(example["header"]["epk"])
    assert agree(ephemeral, recipient).hex() == example["shared_secret"]  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [16, 24, 32, 33, 48, 64])
def test_a_derived_key_is_as_long_as_asked(length: int) -> None:
    """More than one round of the hash, too."""
    assert len(derive_key(bytes(32), algorithm_id="A", parameters=Parameters(), length=length)) == length


def test_the_key_depends_on_everything_that_is_said() -> None:
    """RFC 7518 §4.6.2; the lengths in front keep apu and apv from running into each other."""
    said = [Parameters(), Parameters(party_u=b"ab"), Parameters(party_v=b"ab"), Parameters(party_u=b"a", party_v=b"b")]
    keys = {
        derive_key(bytes(32), algorithm_id=name, parameters=each, length=16) for each in said for name in ("A", "B")
    }
    keys.add(derive_key(bytes(32), algorithm_id="A", parameters=Parameters(), length=32)[:16])

    assert len(keys) == 9


@pytest.mark.parametrize("mine", PRIVATE)
@pytest.mark.parametrize("theirs", PRIVATE)
def test_both_keys_are_on_one_curve(mine: str, theirs: str) -> None:
    """Threats D01 and D02: an ephemeral key on another curve is refused, whichever the two are."""
    if mine == theirs:
        assert agree(PRIVATE[mine], PRIVATE[theirs].public_key())
        return
    with pytest.raises(DecryptionError) as refusal:
        agree(PRIVATE[mine], PRIVATE[theirs].public_key())

    assert refusal.value.code == "decryption_failed"


@pytest.mark.parametrize("point", SMALL_ORDER, ids=lambda each: each.public_bytes_raw().hex()[:8])
@pytest.mark.parametrize("name", ["ECDH-ES", "ECDH-ES+A256KW"])
def test_a_secret_of_zeros_is_refused(point: Any, name: str) -> None:
    """Threat D01; RFC 7748 §6.1 and §6.2: both sides would "agree" on what everybody knows."""
    algorithm = key_management(name)
    recipient = PRIVATE["X25519" if isinstance(point, X25519PublicKey) else "X448"]
    ready = algorithm.prepare(algorithm, recipient)

    with pytest.raises(DecryptionError):
        ready.unwrap(bytes(24), A128GCM, Parameters(ephemeral_key=point))  # type: ignore[misc]
    with pytest.raises(KeyMaterialError) as refusal:
        algorithm.prepare(algorithm, point)
    assert refusal.value.code == "weak_key"


@pytest.mark.parametrize("name", ["ECDH-ES", "ECDH-ES+A128KW"])
def test_a_token_without_an_ephemeral_key_is_refused(name: str) -> None:
    algorithm = key_management(name)
    ready = algorithm.prepare(algorithm, PRIVATE["P-256"])

    with pytest.raises(DecryptionError):
        ready.unwrap(b"", A128GCM, Parameters())  # type: ignore[misc]


@pytest.mark.parametrize(("name", "octets"), [("ECDH-ES+A128KW", 16), ("ECDH-ES+A192KW", 24), ("ECDH-ES+A256KW", 32)])
def test_an_agreed_key_wraps_the_content_key(name: str, octets: int) -> None:
    """RFC 7518 §4.6: with a key of the size that the name says; RFC 3394 adds eight octets."""
    recipient, algorithm, content_key = X25519PrivateKey.generate(), key_management(name), bytes(range(16))
    sent = algorithm.prepare(algorithm, recipient.public_key()).wrap(content_key, A128GCM, Parameters())
    ephemeral = sent.parameters.ephemeral_key
    assert isinstance(ephemeral, X25519PublicKey)
    secret = recipient.exchange(ephemeral)
    agreed = derive_key(secret, algorithm_id=name, parameters=sent.parameters, length=octets)

    assert not algorithm.is_direct
    assert aes_key_unwrap(agreed, sent.encrypted_key) == content_key


@pytest.mark.parametrize("curve", PRIVATE)
@pytest.mark.parametrize("name", ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"])
def test_every_curve_goes_with_every_algorithm(curve: str, name: str) -> None:
    algorithm = key_management(name)
    sender = algorithm.prepare(algorithm, PRIVATE[curve].public_key())
    recipient = algorithm.prepare(algorithm, PRIVATE[curve])
    sent = sender.wrap(bytes(16), A128GCM, Parameters(party_u=b"u", party_v=b"v"))

    assert sender.unwrap is None
    assert sender.key_type == recipient.key_type == ("EC" if curve.startswith("P") else "OKP")
    assert (sent.parameters.party_u, sent.parameters.party_v) == (b"u", b"v")
    assert recipient.unwrap(sent.encrypted_key, A128GCM, sent.parameters) == sent.content_key  # type: ignore[misc]


@pytest.mark.parametrize(
    "key",
    [
        b"secret",
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        Ed25519PrivateKey.generate(),
        MLDSA44PrivateKey.generate(),
    ],
    ids=["secret", "secp256k1", "secp256k1, public", "Ed25519", "ML-DSA-44"],
)
def test_a_key_for_signatures_alone_is_refused(key: KeyObject) -> None:
    """A12; RFC 8812 §3.3 leaves secp256k1 out of key agreement."""
    algorithm = key_management("ECDH-ES")
    with pytest.raises(KeyMaterialError) as refusal:
        algorithm.prepare(algorithm, key)

    assert refusal.value.code == "algorithm_mismatch"
