"""Certificates beside a key (RFC 7517 §4.7–§4.9)."""

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.jose.jwk.certificates import AUTHORITY, SIGNER, SIGNER_KEY, at, der, issue, x5c
from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key, KeySet, TrustAnchors
from tokensmith.jose.jwk.ec_members import write_ec

PUBLIC: dict[str, Any] = {**write_ec(SIGNER_KEY.public_key())}
PRIVATE: dict[str, Any] = {**write_ec(SIGNER_KEY)}
CHAIN = x5c(SIGNER, AUTHORITY)
SHA_1 = hashlib.sha1(der(SIGNER)).digest()
SHA_256 = hashlib.sha256(der(SIGNER)).digest()


def refusal_of(jwk: dict[str, Any]) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_jwk(jwk)
    return refusal.value.code


def test_a_key_may_come_with_its_certificates() -> None:
    members = {"x5c": CHAIN, "x5t": base64url.encode(SHA_1), "x5t#S256": base64url.encode(SHA_256)}

    assert Key.from_jwk(PUBLIC | members).thumbprint() == Key.from_jwk(PUBLIC).thumbprint()
    assert Key.from_jwk(PRIVATE | members).is_private


@pytest.mark.parametrize("jwk", [PUBLIC, PRIVATE], ids=["public", "private"])
def test_the_first_certificate_is_for_this_key(jwk: dict[str, Any]) -> None:
    """A17: RFC 7517 §4.7; a stranger's certificate beside one's own key borrows the stranger's name."""
    other = issue("signer", ec.generate_private_key(SECP256R1()))
    of_another_kind = issue("signer", rsa.generate_private_key(65537, 2048))
    for chain in (x5c(other), x5c(AUTHORITY, SIGNER), x5c(of_another_kind)):
        assert refusal_of(jwk | {"x5c": chain}) == "malformed_key"
    assert Key.from_jwk(jwk | {"x5c": x5c(SIGNER, other)}), "what follows is for whoever checks the chain"


def test_a_secret_has_no_certificate() -> None:
    assert refusal_of(Key.generate("HS256").to_jwk(private=True) | {"x5c": CHAIN}) == "malformed_key"


@pytest.mark.parametrize(("member", "digest"), [("x5t", SHA_1), ("x5t#S256", SHA_256)], ids=["SHA-1", "SHA-256"])
def test_a_thumbprint_is_the_digest_of_the_first_certificate(member: str, digest: bytes) -> None:
    """C06: RFC 7517 §4.8, §4.9."""
    size = len(digest)
    authority = (hashlib.sha1 if size == 20 else hashlib.sha256)(der(AUTHORITY)).digest()
    for wrong in (authority, digest[:-1], digest + b"\0", b"", bytes(size), digest[::-1]):
        assert refusal_of(PUBLIC | {"x5c": CHAIN, member: base64url.encode(wrong)}) == "malformed_key"
    for no_text in (None, 5, [], {}, "é", base64url.encode(digest) + "="):
        assert refusal_of(PUBLIC | {"x5c": CHAIN, member: no_text}) == "malformed_key"


def test_a_digest_in_hexadecimal_is_taken_for_the_old_thumbprint_alone() -> None:
    """A large provider's older keys spell "x5t" so; its form and its digest are checked all the same."""
    spelled = base64url.encode(SHA_1.hex().upper().encode())

    assert Key.from_jwk(PUBLIC | {"x5c": CHAIN, "x5t": spelled})
    assert refusal_of(PUBLIC | {"x5c": CHAIN, "x5t": base64url.encode(SHA_1.hex().encode())}) == "malformed_key"
    sha_256 = base64url.encode(SHA_256.hex().upper().encode())
    assert refusal_of(PUBLIC | {"x5c": CHAIN, "x5t#S256": sha_256}) == "malformed_key"


def test_a_thumbprint_without_its_certificate_says_nothing() -> None:
    """RFC 7517 §4.8: it names a certificate that is somewhere else; "x5u" would have to be fetched, and is not."""
    members = {"x5t": "anything", "x5t#S256": 5, "x5u": "https://attacker.example/certificate.pem"}

    assert Key.from_jwk(PUBLIC | members)


@pytest.mark.parametrize(
    "chain",
    [
        None,
        [],
        {},
        "text",
        CHAIN[0],
        [None],
        [CHAIN],
        [*CHAIN, 5],
        [CHAIN[0].rstrip("=") + "===="],
        [CHAIN[0] + "\n"],
        ["\n".join(CHAIN[0][start : start + 64] for start in range(0, len(CHAIN[0]), 64))],
        [" " + CHAIN[0]],
        [base64url.encode(der(SIGNER)) + "_"],
        [""],
        ["AAAA"],
        ["é"],
        [base64.b64encode(der(SIGNER) + b"\0").decode()],
        [base64.b64encode(der(SIGNER)[:-1]).decode()],
        [CHAIN[0], "!"],
        CHAIN[:1] * 11,
        ["A" * 65_537],
    ],
    ids=range(21),
)
def test_what_is_no_chain_is_refused(chain: Any) -> None:
    """RFC 7517 §4.7: DER in base64 with padding, in its one spelling, and not base64url."""
    assert refusal_of(PUBLIC | {"x5c": chain}) == "malformed_key"


@pytest.mark.parametrize("count", [1, 10])
def test_a_chain_has_at_most_ten_certificates(count: int) -> None:
    assert Key.from_jwk(PUBLIC | {"x5c": CHAIN[:1] * count})


def test_spare_bits_in_the_last_character_are_refused() -> None:
    """RFC 4648 §3.5: one certificate, one spelling."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    serial = 1
    while not (text := x5c(issue("signer", SIGNER_KEY, serial=serial))[0]).endswith("="):
        serial += 1
    last = text.rstrip("=")[-1]
    changed = text.replace(last + "=", alphabet[alphabet.index(last) + 1] + "=")

    assert base64.b64decode(changed) == base64.b64decode(text)
    assert Key.from_jwk(PUBLIC | {"x5c": [text]})
    assert refusal_of(PUBLIC | {"x5c": [changed]}) == "malformed_key"


def test_a_certificate_for_a_key_of_an_unknown_kind_is_for_another_key() -> None:
    """The curve of the certified key replaced by one nobody has; the primitive raises UnsupportedAlgorithm."""
    spki = SIGNER_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    strange = der(SIGNER).replace(
        spki, spki.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f"))
    )

    assert strange != der(SIGNER)
    assert refusal_of(PUBLIC | {"x5c": [base64.b64encode(strange).decode()]}) == "malformed_key"
    dsa_key = dsa.generate_private_key(2048)
    assert refusal_of(PUBLIC | {"x5c": x5c(issue("signer", dsa_key))}) == "malformed_key"


def test_a_key_with_a_wrong_certificate_spoils_no_set() -> None:
    """RFC 7517 §5."""
    keys = KeySet.from_jwks({"keys": [PUBLIC | {"x5c": x5c(AUTHORITY)}, Key.generate("ES256").to_jwk()]}, remote=True)

    assert len(keys) == 1
    assert [each.code for each in keys.skipped] == ["malformed_key"]


def test_a_jwk_and_its_chain_give_the_same_key() -> None:
    """C06: what was certified is what is used."""
    jwk = PUBLIC | {"x5c": CHAIN}
    anchors = TrustAnchors.from_pem(AUTHORITY.public_bytes(Encoding.PEM), purpose=None, name=None)

    assert anchors.verify(jwk["x5c"], now=at(days=1)).thumbprint() == Key.from_jwk(jwk).thumbprint()
