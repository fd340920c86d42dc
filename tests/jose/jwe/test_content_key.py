"""From a header to the content key, or to a random one that nobody can tell from it (RFC 7516 §5.2, §11.5)."""

from typing import Any

import pytest

from tests.jose.jwe.tokens import AGREES, DIRECT, PASSWORD, RSA, WRAPS
from tokensmith.jose import Key, KeySet
from tokensmith.jose.errors import JoseError, KeyMaterialError, MalformedTokenError
from tokensmith.jose.header import Header
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS
from tokensmith.jose.jwe.content_key import choose_key, find_content_key
from tokensmith.jose.jwe.encrypt import wrap_for

A128CBC, A256GCM = CONTENT_ENCRYPTIONS["A128CBC-HS256"], CONTENT_ENCRYPTIONS["A256GCM"]


def code_of(keys: Any, **header: Any) -> str:
    with pytest.raises(JoseError) as refusal:
        choose_key(keys, header=Header(header), enc=A128CBC)
    return refusal.value.code


def sent_to(key: Key) -> tuple[bytes, bytes, Header]:
    wrapped, members = wrap_for(key, enc=A128CBC, header={"p2c": 1000} if key is PASSWORD else {})
    return wrapped.content_key, wrapped.encrypted_key, Header(members)


def test_a_key_is_found_wherever_it_comes_from() -> None:
    for keys in (WRAPS, KeySet([WRAPS, DIRECT]), lambda header: {"w": WRAPS}[header.kid]):
        assert choose_key(keys, header=Header({"alg": "A128KW", "kid": "w"}), enc=A128CBC) is WRAPS  # type: ignore[arg-type]
    assert choose_key(WRAPS, header=Header({"alg": "A128KW"}), enc=A128CBC) is WRAPS
    assert choose_key(
        Key.from_secret(bytes(range(16)), alg="A128KW"), header=Header({"alg": "A128KW", "kid": "x"}), enc=A128CBC
    )


@pytest.mark.parametrize("alg", ["A256KW", "a128kw", "dir", "none", "RSA1_5", ""])
def test_the_algorithm_is_the_keys_and_compared_exactly(alg: str) -> None:
    """RFC 8725 §3.1, for JWE as for JWS (threat A11)."""
    assert code_of(WRAPS, alg=alg) == "algorithm_mismatch"
    assert code_of(lambda _header: WRAPS, alg=alg) == "algorithm_mismatch"


def test_a_key_of_another_kid_is_not_the_one() -> None:
    assert code_of(WRAPS, alg="A128KW", kid="x") == "unknown_key"
    assert code_of(KeySet([WRAPS]), alg="A128KW", kid="x") == "unknown_key"
    assert code_of(KeySet([WRAPS]), alg="RSA-OAEP") == "unknown_key"


def test_a_key_for_dir_is_for_one_content_encryption() -> None:
    """Threat A12, also where the header could talk it into another."""
    header = Header({"alg": "dir", "enc": "A256GCM"})
    for keys in (DIRECT, KeySet([DIRECT])):
        with pytest.raises(JoseError) as refusal:
            choose_key(keys, header=header, enc=A256GCM)
        assert refusal.value.code == "algorithm_mismatch"


def test_a_key_for_signatures_does_not_decrypt() -> None:
    """Threat A12; a token that names the key's own algorithm, too."""
    key = Key.generate("HS256")
    with pytest.raises(KeyMaterialError) as refusal:
        choose_key(key, header=Header({"alg": "HS256"}), enc=A128CBC)

    assert refusal.value.code == "key_operation"
    assert code_of(KeySet([key]), alg="HS256") == "unsupported_algorithm"


def test_a_key_source_returns_a_key() -> None:
    with pytest.raises(TypeError):
        choose_key(lambda _header: None, header=Header({"alg": "dir"}), enc=A128CBC)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("key", [WRAPS, AGREES, RSA, PASSWORD, DIRECT], ids=lambda each: each.alg)
def test_the_content_key_is_found(key: Key) -> None:
    content_key, encrypted_key, header = sent_to(key)

    assert find_content_key(key, header=header, enc=A128CBC, encrypted_key=encrypted_key) == content_key


@pytest.mark.parametrize("key", [WRAPS, AGREES, RSA, PASSWORD], ids=lambda each: each.alg)
def test_a_random_key_takes_the_place_of_one_that_is_not_found(key: Key) -> None:
    """Threats D08, D09 and D15 (RFC 7516 §11.5): damaged, of another length, empty; always the right length, new."""
    _, encrypted_key, header = sent_to(key)
    changed = bytes([encrypted_key[0] ^ 1]) + encrypted_key[1:]
    tries = [changed, changed, encrypted_key[:-1], encrypted_key + b"\0", b""]
    found = [find_content_key(key, header=header, enc=A128CBC, encrypted_key=each) for each in tries]

    assert {len(each) for each in found} == {32}
    assert len(set(found)) == len(found)


def test_a_content_key_of_another_length_is_replaced() -> None:
    """Threat D15: wrapped with care, for another content encryption."""
    for key in (WRAPS, AGREES, RSA, PASSWORD):
        wrapped, members = wrap_for(
            key, enc=CONTENT_ENCRYPTIONS["A128GCM"], header={"p2c": 1000} if key is PASSWORD else {}
        )
        found = find_content_key(key, header=Header(members), enc=A128CBC, encrypted_key=wrapped.encrypted_key)

        assert len(found) == 32
        assert not found.startswith(wrapped.content_key)


@pytest.mark.parametrize(
    "key", [DIRECT, Key.generate("ECDH-ES"), Key.generate("ECDH-ES", crv="X448")], ids=["dir", "P-256", "X448"]
)
def test_a_key_that_is_not_sent_has_to_be_absent(key: Key) -> None:
    """Threat D14; RFC 7516 §5.2, step 10."""
    _, _, header = sent_to(key)
    with pytest.raises(MalformedTokenError) as refusal:
        find_content_key(key, header=header, enc=A128CBC, encrypted_key=b"\0")

    assert refusal.value.code == "unexpected_encrypted_key"


@pytest.mark.parametrize("curve", ["X25519", "X448"])
def test_a_point_of_small_order_leads_to_a_random_key(curve: str) -> None:
    """Threat D01: not to one that everybody can compute."""
    key = Key.generate("ECDH-ES", crv=curve)
    zeros = {"kty": "OKP", "crv": curve, "x": "A" * (43 if curve == "X25519" else 75)}
    header = Header({"alg": "ECDH-ES", "epk": zeros})
    first, second = (find_content_key(key, header=header, enc=A128CBC, encrypted_key=b"") for _ in range(2))

    assert first != second


def test_a_key_on_another_curve_leads_to_a_random_key() -> None:
    """Threat D01."""
    _, encrypted_key, header = sent_to(AGREES)
    other = Key.generate("ECDH-ES+A128KW", crv="P-384", kid="a")
    first, second = (find_content_key(other, header=header, enc=A128CBC, encrypted_key=encrypted_key) for _ in range(2))

    assert first != second


def test_a_public_key_does_not_decrypt() -> None:
    _, encrypted_key, header = sent_to(RSA)
    with pytest.raises(KeyMaterialError) as refusal:
        find_content_key(RSA.public(), header=header, enc=A128CBC, encrypted_key=encrypted_key)

    assert refusal.value.code == "key_operation"
