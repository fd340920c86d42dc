"""Encrypting to one recipient (RFC 7516 §5.1)."""

import inspect
from typing import Any

import pytest

from tests.jose.jwe.tokens import AGREES, CHEAP, DIRECT, PASSWORD, RSA, WRAPS, header_of
from tokensmith.jose import Key, base64url, jwe
from tokensmith.jose.errors import KeyMaterialError

KEYS = {key.alg: key for key in (WRAPS, AGREES, DIRECT, RSA, Key.generate("A256GCMKW"), Key.generate("ECDH-ES"))}


def encrypted(key: Key, **options: Any) -> str:
    return jwe.encrypt(b"plaintext", key, **{"enc": key.enc or "A128CBC-HS256"} | options)


def test_the_header_says_what_the_key_and_the_caller_say() -> None:
    token = encrypted(WRAPS, header={"typ": "x", "cty": "y", "example": [1]})

    assert header_of(token) == {
        "alg": "A128KW",
        "kid": "w",
        "enc": "A128CBC-HS256",
        "typ": "x",
        "cty": "y",
        "example": [1],
    }
    assert header_of(jwe.encrypt(b"", WRAPS))["enc"] == "A256GCM"


def test_a_key_without_an_id_gives_none() -> None:
    nameless = Key.from_secret(bytes(range(16)), alg="A128KW")
    assert "kid" not in header_of(encrypted(nameless))
    assert header_of(encrypted(nameless, header={"kid": "x"}))["kid"] == "x"


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_nothing_is_used_twice(key: Key) -> None:
    """Threat D13; RFC 7516 §5.1: content key, vector, ephemeral key are new for each token."""
    tokens = [encrypted(key).split(".") for _ in range(3)]
    own = [header_of(".".join(each)) for each in tokens]

    assert len({each[2] for each in tokens}) == 3, "initialization vectors"
    assert len({each[3] for each in tokens}) == 3, "ciphertexts"
    assert key.alg in {"dir", "ECDH-ES"} or len({each[1] for each in tokens}) == 3, "encrypted keys"
    for name in ("epk", "iv", "tag"):
        assert name not in own[0] or len({repr(each[name]) for each in own}) == 3


@pytest.mark.parametrize("function", [jwe.encrypt, jwe.encrypt_json])
def test_there_is_no_way_to_pass_what_has_to_be_new(function: Any) -> None:
    """Threat D13: a caller's vector would be used twice by somebody."""
    names = set(inspect.signature(function).parameters)

    assert names <= {"plaintext", "key", "keys", "enc", "header", "unprotected", "aad", "drafts"}


@pytest.mark.parametrize("name", ["epk", "iv", "tag", "p2s", "ek"])
def test_the_header_does_not_bring_it_either(name: str) -> None:
    for key in (AGREES, WRAPS):
        with pytest.raises(ValueError, match="chosen anew"):
            encrypted(key, header={name: "AAAA"})


@pytest.mark.parametrize("members", [{"alg": "A256KW"}, {"kid": "x"}, {"enc": "A256GCM"}])
def test_the_header_does_not_contradict_the_key(members: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="contradicts"):
        encrypted(WRAPS, header=members)
    assert header_of(encrypted(WRAPS, header={"alg": "A128KW", "kid": "w"}))["kid"] == "w"


@pytest.mark.parametrize("members", [{"crit": ["exp"]}, {"crit": []}, {"typ": 1}, {"b64": False}, {"kid": None}])
def test_the_header_keeps_the_rules(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        encrypted(WRAPS, header=members)


def test_the_header_is_json() -> None:
    with pytest.raises(TypeError):
        encrypted(WRAPS, header={"example": b"octets"})


@pytest.mark.parametrize("enc", ["A256KW", "a256gcm", "", "none"])
def test_an_unknown_content_encryption_is_a_mistake_in_the_program(enc: str) -> None:
    with pytest.raises(ValueError, match="enc is one of"):
        jwe.encrypt(b"", WRAPS, enc=enc)


def test_a_key_for_dir_has_its_own_content_encryption() -> None:
    key = Key.generate("dir")
    assert jwe.decrypt(jwe.encrypt(b"x", key), key).plaintext == b"x"
    with pytest.raises(KeyMaterialError) as refusal:
        jwe.encrypt(b"", DIRECT)

    assert refusal.value.code == "algorithm_mismatch"


def test_who_may_not_encrypt_does_not() -> None:
    """Threats A11 and A12."""
    jwk = {name: value for name, value in RSA.to_jwk(private=True).items() if name != "use"}
    for key in (Key.generate("RS256"), Key.generate("HS256"), Key.from_jwk(jwk | {"key_ops": ["unwrapKey"]})):
        with pytest.raises(KeyMaterialError) as refusal:
            jwe.encrypt(b"", key)
        assert refusal.value.code == "key_operation"


def test_a_public_key_is_enough() -> None:
    for key in (RSA, AGREES):
        assert jwe.decrypt(jwe.encrypt(b"x", key.public()), key).plaintext == b"x"


def test_parties_go_into_the_agreed_key() -> None:
    """RFC 7518 §4.6.2: changed on the way, they lead to another key."""
    members = {"apu": base64url.encode(b"Alice"), "apv": base64url.encode(b"Bob")}
    token = encrypted(AGREES, header=members)

    assert header_of(token).items() >= members.items()
    assert jwe.decrypt(token, AGREES).plaintext == b"plaintext"


@pytest.mark.parametrize("members", [{"apu": "A"}, {"apv": 1}, {"apu": "Qm9i", "apv": "Qm9i"}])
def test_malformed_parties_are_a_mistake_in_the_program(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="header parameter"):
        encrypted(AGREES, header=members)


@pytest.mark.parametrize("count", [999, 1_200_001, True, "4096", 4096.0])
def test_a_cost_that_no_recipient_accepts_is_a_mistake_in_the_program(count: Any) -> None:
    """Threats D03 and D04, from the sender's side."""
    with pytest.raises(ValueError, match="p2c"):
        encrypted(PASSWORD, header={"p2c": count})


def test_the_cost_of_a_password_is_what_was_asked() -> None:
    header = header_of(encrypted(PASSWORD, header=CHEAP))

    assert header["p2c"] == 1000
    assert len(base64url.decode(header["p2s"])) == 16


def test_nothing_is_compressed_unasked() -> None:
    """Threat D07 (CRIME): a length that depends on the content tells of it."""
    long = jwe.encrypt(bytes(9000), WRAPS)

    assert "zip" not in header_of(long)
    assert len(long) > 9000
    assert len(jwe.encrypt(bytes(9000), WRAPS, header={"zip": "DEF"})) < 1000


@pytest.mark.parametrize("name", ["GZIP", "def", ""])
def test_another_compression_is_a_mistake_in_the_program(name: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        encrypted(WRAPS, header={"zip": name})


def test_what_would_be_refused_as_a_bomb_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too monotonous"):
        jwe.encrypt(bytes(100_000), WRAPS, header={"zip": "DEF"})


def test_the_callers_header_is_left_alone() -> None:
    members: dict[str, Any] = {"typ": "x", "example": {"a": [1]}}
    encrypted(WRAPS, header=members)

    assert members == {"typ": "x", "example": {"a": [1]}}
