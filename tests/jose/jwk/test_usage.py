"""What a key is for (RFC 7517 §4.2–§4.4)."""

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import key_management, signature
from tokensmith.jose.jwk.usage import (
    check_encryption_usage,
    check_signature_usage,
    public_operations,
    read_operations,
)

# RFC 7517 §4.3, written out.
ENCRYPTING = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"]


@pytest.mark.parametrize("listed", [["sign"], ["verify"], ["sign", "verify"], [], ["verify", "made-up"], ("sign",)])
def test_operations_are_read_as_a_set(listed: list[str]) -> None:
    assert read_operations({"key_ops": listed}) == frozenset(listed)


def test_absent_operations_are_not_an_empty_list() -> None:
    assert read_operations({}) is None


@pytest.mark.parametrize(
    "listed",
    [None, "verify", {"verify": True}, 1, ["verify", 1], [["verify"]], ["verify", "verify"], [None], ["x"] * 33],
    ids=repr,
)
def test_operations_are_different_strings_in_an_array(listed: object) -> None:
    """E10: RFC 7517 §4.3: "Duplicate key operation values MUST NOT be present in the array"."""
    with pytest.raises(KeyMaterialError) as refusal:
        read_operations({"key_ops": listed})

    assert refusal.value.code == "malformed_key"


@pytest.mark.parametrize(("count", "passes"), [(32, True), (33, False)])
def test_the_array_is_short(count: int, passes: bool) -> None:
    """E10: What is compared with itself has a ceiling."""
    listed = [str(number) for number in range(count)]
    if passes:
        assert read_operations({"key_ops": listed}) == frozenset(listed)
        return
    with pytest.raises(KeyMaterialError):
        read_operations({"key_ops": listed})


@pytest.mark.parametrize(
    ("use", "operations"),
    [
        (None, None),
        ("sig", None),
        (None, {"sign"}),
        (None, {"verify"}),
        ("sig", {"sign", "verify"}),
        ("sig", {"verify", "made-up"}),
        (None, {"verify", "encrypt"}),
    ],
)
def test_a_key_for_signatures_passes(use: str | None, operations: set[str] | None) -> None:
    check_signature_usage(use, None if operations is None else frozenset(operations))


@pytest.mark.parametrize(
    ("use", "operations"),
    [
        ("enc", None),
        ("enc", {"verify"}),
        ("SIG", None),
        ("", None),
        ("tls", None),
        ("sig", set()),
        (None, set()),
        (None, {"encrypt", "decrypt"}),
        (None, {"wrapKey"}),
        (None, {"Verify"}),
        ("sig", {"verify", "encrypt"}),
        *(("sig", {"sign", "verify", each}) for each in ENCRYPTING),
    ],
)
def test_a_key_for_something_else_is_refused(use: str | None, operations: set[str] | None) -> None:
    """A11: RFC 7517 §4.3: "use" and "key_ops" together "MUST be consistent"."""
    with pytest.raises(KeyMaterialError) as refusal:
        check_signature_usage(use, None if operations is None else frozenset(operations))

    assert refusal.value.code == "inconsistent_use"


def test_a_use_from_outside_is_not_quoted_at_length() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        check_signature_usage("x" * 100_000, None)

    assert len(refusal.value.detail) < 100


def test_who_may_sign_is_verified() -> None:
    assert public_operations(frozenset({"sign"}), algorithm=signature("ES256")) == {"verify"}
    assert public_operations(None, algorithm=signature("ES256")) is None


def test_for_whoever_decrypts_is_encrypted() -> None:
    assert public_operations(frozenset({"unwrapKey"}), algorithm=key_management("RSA-OAEP")) == {"wrapKey"}
    assert public_operations(frozenset({"deriveKey"}), algorithm=key_management("ECDH-ES")) == {
        "deriveKey",
        "deriveBits",
    }
    assert public_operations(None, algorithm=key_management("ECDH-ES")) is None


@pytest.mark.parametrize(
    ("use", "operations", "name"),
    [
        (None, None, "RSA-OAEP"),
        ("enc", None, "A128KW"),
        (None, {"wrapKey"}, "A128KW"),
        ("enc", {"wrapKey", "unwrapKey"}, "RSA-OAEP-256"),
        (None, {"deriveBits"}, "ECDH-ES"),
        (None, {"deriveKey"}, "PBES2-HS256+A128KW"),
        ("enc", {"decrypt", "made-up"}, "dir"),
        ("enc", {"encrypt"}, "dir"),
        ("enc", {"decrypt"}, "dir"),
        ("enc", {"unwrapKey"}, "RSA-OAEP"),
        ("enc", {"deriveKey"}, "ECDH-ES"),
        ("enc", {"deriveBits"}, "ECDH-ES"),
    ],
)
def test_a_key_for_encryption_passes(use: str | None, operations: set[str] | None, name: str) -> None:
    check_encryption_usage(use, None if operations is None else frozenset(operations), algorithm=key_management(name))


@pytest.mark.parametrize(
    ("use", "operations", "name"),
    [
        ("sig", None, "RSA-OAEP"),
        ("ENC", None, "A128KW"),
        (None, set(), "A128KW"),
        (None, {"sign"}, "RSA-OAEP"),
        (None, {"encrypt", "decrypt"}, "A128KW"),
        (None, {"wrapKey"}, "dir"),
        (None, {"wrapKey"}, "ECDH-ES+A128KW"),
        (None, {"unwrapKey"}, "PBES2-HS256+A128KW"),
        ("enc", {"wrapKey", "sign"}, "RSA-OAEP"),
    ],
)
def test_a_key_for_something_else_does_not_encrypt(use: str | None, operations: set[str] | None, name: str) -> None:
    """Threat A11: "use" and "key_ops" bind a key that encrypts as they bind one that signs."""
    with pytest.raises(KeyMaterialError) as refusal:
        check_encryption_usage(
            use, None if operations is None else frozenset(operations), algorithm=key_management(name)
        )

    assert refusal.value.code == "inconsistent_use"
