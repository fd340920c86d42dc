"""What was tried against PKCS #1 v1.5 signatures (RFC 8017 §8.2.2, §9.2; RFC 7518 §3.3)."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tokensmith.jose.jwa import signature
from tokensmith.jose.jwa.descriptor import VerifyBytes

MESSAGE = b"eyJhbGciOiJSUzI1NiJ9.e30"
KEY = rsa.generate_private_key(65537, 2048)
SMALL_EXPONENT = rsa.generate_private_key(3, 2048)
MODULUS = KEY.public_key().public_numbers().n
DIGEST = hashlib.sha256(MESSAGE).digest()
SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")


def verify_with(key: rsa.RSAPrivateKey) -> VerifyBytes:
    algorithm = signature("RS256")
    return algorithm.prepare(algorithm, key.public_key()).verify


def padded(
    info: bytes, *, start: bytes = b"\0\1", fill: bytes = b"\xff", end: bytes = b"\0", behind: bytes = b""
) -> bytes:
    """Encode a message of 256 octets as RFC 8017 §9.2 says, unless told otherwise."""
    return start + fill * (256 - len(start + end + info + behind)) + end + info + behind


def sign_raw(encoded: bytes) -> bytes:
    """Apply the private key to a message of our own making."""
    return pow(int.from_bytes(encoded, "big"), KEY.private_numbers().d, MODULUS).to_bytes(256, "big")


def test_the_encoding_of_the_standard_verifies() -> None:
    """The ground the refusals below stand on."""
    assert verify_with(KEY)(sign_raw(padded(SHA_256 + DIGEST)), MESSAGE)


@pytest.mark.parametrize(
    "encoded",
    [
        b"\0\1" + b"\xff" * 8 + b"\0" + SHA_256 + DIGEST + bytes(256 - 11 - 51),
        padded(SHA_256 + DIGEST, behind=b"\0"),
        padded(SHA_256 + DIGEST, start=b"\0\2"),
        padded(SHA_256 + DIGEST, start=b"\0\0"),
        padded(SHA_256 + DIGEST, fill=b"\xfe"),
        padded(SHA_256 + DIGEST, end=b"\1"),
        padded(SHA_256 + DIGEST, end=b"\0\0"),
        padded(bytes.fromhex("302f300b06096086480165030402010420") + DIGEST),
        padded(bytes.fromhex("3033300f060960864801650304020105020000") + b"\x04\x20" + DIGEST),
        padded(bytes.fromhex("3031300d060960864801650304020205000420") + DIGEST),
        padded(bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(MESSAGE).digest()),
        padded(bytes.fromhex("308131300d060960864801650304020105000420") + DIGEST),
        padded(SHA_256 + DIGEST[:-1]),
        padded(DIGEST),
        padded(SHA_256),
    ],
    ids=[
        *("octets behind the hash", "one octet behind", "block type 2", "block type 0", "another filling"),
        *("no separator", "two separators", "no parameters", "other parameters", "SHA-384", "SHA-1"),
        *("a longer length", "a shorter hash", "the bare hash", "no hash"),
    ],
)
def test_any_other_encoding_is_refused(encoded: bytes) -> None:
    """B05: RFC 8017 §8.2.2 compares whole encodings; parsers that skipped something could be fed a cube root."""
    assert len(encoded) == 256
    assert not verify_with(KEY)(sign_raw(encoded), MESSAGE)


def test_a_cube_root_is_no_signature() -> None:
    """B05: Bleichenbacher's forgery of 2006 against e = 3, which needs no private key."""
    head = b"\0\1" + b"\xff" * 8 + b"\0" + SHA_256 + DIGEST
    target = int.from_bytes(head + b"\xff" * (256 - len(head)), "big")
    root = 1 << 700
    for _ in range(2000):
        root = (2 * root + target // (root * root)) // 3
    cubed = (root**3).to_bytes(256, "big")

    assert cubed.startswith(head), "the forgery is well made"
    assert not verify_with(SMALL_EXPONENT)(root.to_bytes(256, "big"), MESSAGE)


def test_a_signature_is_below_the_modulus() -> None:
    """B03: RFC 8017 §5.2.2; s + n is the same number to a careless verifier, and another signature."""
    verify = verify_with(KEY)
    made = next(
        each
        for each in (sign_raw(padded(SHA_256 + hashlib.sha256(bytes([octet])).digest())) for octet in range(256))
        if int.from_bytes(each, "big") + MODULUS < 1 << 2048
    )
    message = next(bytes([octet]) for octet in range(256) if verify(made, bytes([octet])))
    shifted = int.from_bytes(made, "big") + MODULUS

    assert not verify(shifted.to_bytes(256, "big"), message)
    for number in (0, 1, MODULUS - 1, MODULUS):
        assert not verify(number.to_bytes(256, "big"), message)
