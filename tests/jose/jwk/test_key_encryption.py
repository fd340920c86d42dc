"""Keys that encrypt: bound to one algorithm like those that sign, and to nothing of theirs (RFC 7518 §4)."""

from typing import Any

import pytest

from tests.jose.jwe.vectors import load
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import KEY_MANAGEMENT_ALGORITHMS, content_encryption, key_management
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwk import Key

PASSWORD = "correct horse battery staple"
# Every algorithm; "dir" by what it is for, and agreement on all curves.
KEYS = {
    **{name: Key.generate(name, kid="k") for name in KEY_MANAGEMENT_ALGORITHMS if not name.startswith("ECDH")},
    **{crv: Key.generate("ECDH-ES+A128KW", crv=crv, kid="k") for crv in ("P-256", "P-384", "P-521", "X25519", "X448")},
    "A128CBC-HS256": Key.generate("A128CBC-HS256", kid="k"),
}
PAIRS = {name: key for name, key in KEYS.items() if key.kty != "oct"}
SECRETS = {name: key for name, key in KEYS.items() if key.kty == "oct"}
CHEAP = Parameters(iterations=1000)
every = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
pair = pytest.mark.parametrize("key", PAIRS.values(), ids=PAIRS)


def code_of(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        call(*arguments, **options)
    return refusal.value.code


def round_trip(sender: Key, recipient: Key) -> bool:
    enc = key_management(recipient.alg).integrated or content_encryption(recipient.enc or "A128CBC-HS256")
    sent = sender.wrap_key(bytes(enc.key_bytes), enc, CHEAP)
    return recipient.unwrap_key(sent.encrypted_key, enc, sent.parameters) == sent.content_key


def with_operations(key: Key, *operations: str, private: bool = True) -> Key:
    jwk = {name: value for name, value in key.to_jwk(private=private).items() if name != "use"}
    return Key.from_jwk(jwk | {"key_ops": list(operations)})


@every
def test_a_key_says_what_it_is(key: Key) -> None:
    assert key.is_for_encryption
    assert not Key.generate("ES256").is_for_encryption
    assert (key.use, key.is_private) == ("enc", True)
    assert key.kty == key.to_jwk(private=True)["kty"]
    assert (key.enc is not None) is (key.alg == "dir")


@every
def test_a_key_unwraps_what_it_wrapped_also_after_a_journey_as_a_jwk(key: Key) -> None:
    again = Key.from_jwk(key.to_jwk(private=True))

    assert round_trip(key, again)
    assert again.to_jwk(private=True) == key.to_jwk(private=True)


@pair
def test_the_public_half_wraps_and_does_not_unwrap(key: Key) -> None:
    half = key.public()

    assert round_trip(half, key)
    assert not half.is_private
    assert half.to_jwk() == key.to_jwk()
    assert Key.from_jwk(half.to_jwk()).to_jwk() == half.to_jwk()
    assert code_of(half.unwrap_key, bytes(40), content_encryption("A128CBC-HS256"), Parameters()) == "key_operation"


@pair
def test_a_pair_travels_as_pem_and_der(key: Key) -> None:
    """X25519 and X448 too (RFC 8410)."""
    private = Key.from_pem(key.to_pem(private=True, password="open"), alg=key.alg, password="open")
    public = Key.from_pem(key.to_pem(), alg=key.alg)

    assert round_trip(public, private)
    assert private.thumbprint() == public.thumbprint() == key.thumbprint()


def test_the_algorithm_of_a_pair_has_to_be_named() -> None:
    """A curve for agreement settles none of four algorithms; one for both is for signatures unless told otherwise."""
    assert code_of(Key.from_pem, KEYS["X25519"].to_pem()) == "algorithm_required"
    assert Key.from_pem(KEYS["P-256"].to_pem()).alg == "ES256"
    jwk = {name: value for name, value in KEYS["X448"].to_jwk().items() if name not in ("alg", "use")}
    assert code_of(Key.from_jwk, jwk) == "algorithm_required"
    assert Key.from_jwk(jwk, alg="ECDH-ES").alg == "ECDH-ES"


@every
def test_a_key_that_encrypts_does_not_sign(key: Key) -> None:
    """Threat A12: one key, one use."""
    assert code_of(key.sign_bytes, b"message") == "key_operation"
    assert code_of(key.verify_bytes, bytes(64), b"message") == "key_operation"


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "Ed25519"])
def test_a_key_that_signs_does_not_encrypt(alg: str) -> None:
    """Threat A12, the other way round."""
    key, enc = Key.generate(alg), content_encryption("A128GCM")

    assert code_of(key.wrap_key, bytes(16), enc, Parameters()) == "key_operation"
    assert code_of(key.unwrap_key, bytes(24), enc, Parameters()) == "key_operation"


@every
def test_a_key_for_signatures_is_no_key_for_encryption(key: Key) -> None:
    """Threat A11; RFC 7517 §4.2 and §4.3."""
    jwk = {name: value for name, value in key.to_jwk(private=True).items() if name != "use"}

    assert code_of(Key.from_jwk, jwk | {"use": "sig"}) == "inconsistent_use"
    assert code_of(Key.from_jwk, jwk | {"key_ops": ["sign", "verify"]}) == "inconsistent_use"


@pytest.mark.parametrize(
    ("name", "wrapping", "unwrapping"),
    [("RSA-OAEP", "wrapKey", "unwrapKey"), ("A256KW", "wrapKey", "unwrapKey"), ("A128CBC-HS256", "encrypt", "decrypt")],
)
def test_operations_are_checked_where_they_are_done(name: str, wrapping: str, unwrapping: str) -> None:
    """Threat A11: a key that lists "wrapKey" alone does not unwrap, and the other way round."""
    sender, recipient = with_operations(KEYS[name], wrapping), with_operations(KEYS[name], unwrapping)
    enc = content_encryption("A128CBC-HS256")

    assert round_trip(sender, recipient)
    assert code_of(sender.unwrap_key, bytes(40), enc, Parameters()) == "key_operation"
    assert code_of(recipient.wrap_key, bytes(32), enc, Parameters()) == "key_operation"


@pytest.mark.parametrize("name", ["P-256", "X25519", "PBES2-HS256+A128KW"])
@pytest.mark.parametrize("operation", ["deriveKey", "deriveBits"])
def test_either_way_to_derive_is_enough(name: str, operation: str) -> None:
    key = with_operations(KEYS[name], operation)

    assert round_trip(key, key)


def test_the_public_half_of_a_recipient_encrypts() -> None:
    recipient = with_operations(KEYS["RSA-OAEP"], "unwrapKey")
    half = recipient.public()

    assert half.key_ops == {"wrapKey"}
    assert round_trip(half, recipient)


def test_a_key_for_dir_says_what_it_is_for() -> None:
    """RFC 7520 §5.6.1: "alg" of the JWK is the content encryption, that of the token "dir"."""
    jwk = load("rfc7520-encryption.json")[5]["input"]["key"]

    for key in (Key.from_jwk(jwk), Key.from_jwk(jwk, alg="dir"), Key.from_jwk(jwk, alg="A128GCM")):
        assert (key.alg, key.enc) == ("dir", "A128GCM")
        assert key.to_jwk(private=True) == jwk
    assert code_of(Key.from_jwk, jwk, alg="A128CBC-HS256") == "algorithm_mismatch"
    assert code_of(Key.from_jwk, jwk, alg="A128KW") == "algorithm_mismatch"


def test_a_key_for_dir_that_says_nothing_is_settled_by_its_size_or_by_the_caller() -> None:
    jwk = {"kty": "oct", "k": KEYS["A128CBC-HS256"].to_jwk(private=True)["k"]}

    assert code_of(Key.from_jwk, jwk, alg="dir") == "algorithm_required"
    assert code_of(Key.from_jwk, jwk | {"alg": "dir"}) == "algorithm_required"
    assert Key.from_jwk(jwk, alg="A256GCM").enc == Key.from_jwk(jwk | {"alg": "dir"}, alg="A256GCM").enc == "A256GCM"
    assert Key.from_jwk({"kty": "oct", "k": KEYS["A192KW"].to_jwk(private=True)["k"]}, alg="dir").enc == "A192GCM"
    assert Key.generate("dir").enc == "A256GCM"


@pytest.mark.parametrize(("alg", "octets"), [("A128KW", 16), ("A256GCMKW", 32), ("A192CBC-HS384", 48), ("dir", 64)])
def test_a_secret_has_exactly_the_length_of_its_algorithm(alg: str, octets: int) -> None:
    assert Key.from_secret(bytes(range(octets)), alg=alg).is_for_encryption
    assert code_of(Key.from_secret, bytes(range(octets + 1)), alg=alg) == "algorithm_mismatch"


@pytest.mark.parametrize("alg", ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"])
def test_a_password_is_text_or_octets(alg: str) -> None:
    """RFC 7518 §4.8: text counts as its UTF-8 octets."""
    key = Key.from_password(PASSWORD, alg=alg, kid="vault")

    assert (key.alg, key.kid, key.kty) == (alg, "vault", "oct")
    assert round_trip(key, Key.from_password(PASSWORD.encode(), alg=alg))
    assert code_of(Key.from_password, "fifteen octets.", alg=alg) == "weak_key"
    assert code_of(Key.from_password, KEYS["P-256"].to_pem(), alg=alg) == "public_key_as_secret"


def test_a_password_is_for_passwords_and_a_secret_is_none() -> None:
    """Threat D03: PBES2 is used only where the program names it."""
    with pytest.raises(ValueError, match="from_password"):
        Key.from_secret(PASSWORD, alg="PBES2-HS256+A128KW")
    for alg in ("HS256", "A256KW", "dir", "none"):
        with pytest.raises(ValueError, match="alg is one of PBES2"):
            Key.from_password(PASSWORD, alg=alg)


def test_nothing_that_prints_a_key_shows_its_secret() -> None:
    assert repr(Key.from_password(PASSWORD, alg="PBES2-HS256+A128KW", kid="k")) == (
        "<Key PBES2-HS256+A128KW private kid='k'>"
    )
    assert repr(KEYS["A128CBC-HS256"]) == "<Key dir private kid='k'>"
