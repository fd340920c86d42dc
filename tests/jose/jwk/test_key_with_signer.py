"""A public key that signs, since somebody else has its private half."""

import pytest

from tokensmith.jose import Key, KeySet, jws, jwt
from tokensmith.jose.errors import InvalidSignatureError, KeyMaterialError

ALGS = ["ES256", "RS256", "PS256", "Ed25519", "ML-DSA-44"]
KEYS = {alg: Key.generate(alg, kid="elsewhere") for alg in ALGS}


def elsewhere(alg: str = "ES256") -> Key:
    """The key, as somebody has it who may only ask for signatures."""
    return KEYS[alg].public().with_signer(KEYS[alg].sign_bytes)


@pytest.mark.parametrize("alg", ALGS)
def test_it_signs_whatever_a_private_key_signs(alg: str) -> None:
    """Compact, in JSON, and tokens; the header names the same key."""
    key, public = elsewhere(alg), KEYS[alg].public()
    token = jwt.Signer(key, issuer="us", audience="them").sign({"sub": "ada"})

    assert jwt.verify(token, public, issuer="us", audience="them").claims.subject == "ada"
    assert jws.verify(jws.sign(b"text", key), public).payload == b"text"
    assert jws.verify_json(jws.sign_json(b"text", key), public).payload == b"text"
    assert jws.verify(jws.sign(b"text", key), key).header.kid == "elsewhere"


@pytest.mark.parametrize("alg", ALGS)
def test_it_has_no_private_half_to_show(alg: str) -> None:
    """Nobody has to look after it: what it says of itself is public."""
    key = elsewhere(alg)

    assert (key.can_sign, key.is_private) == (True, False)
    assert key.to_jwk() == KEYS[alg].to_jwk()
    assert KeySet([key]).to_jwks() == {"keys": [KEYS[alg].to_jwk()]}
    assert key.to_pem() == KEYS[alg].to_pem()
    assert key.thumbprint() == KEYS[alg].thumbprint()
    for show in (key.to_jwk, key.to_pem, key.to_der):
        with pytest.raises(KeyMaterialError) as refusal:
            show(private=True)
        assert refusal.value.code == "not_private"
    assert repr(key) == f"<Key {alg} signed elsewhere kid='elsewhere'>"


def test_its_public_half_does_not_sign() -> None:
    """What is handed out as public has no way to the signer."""
    half = elsewhere().public()

    assert half.can_sign is False
    with pytest.raises(KeyMaterialError) as refusal:
        jws.sign(b"", half)
    assert refusal.value.code == "key_operation"


def test_who_can_sign_says_so() -> None:
    """A private key and a secret can, unless "key_ops" leave it out; a public key and one for encryption cannot."""
    jwk = {name: value for name, value in KEYS["ES256"].to_jwk(private=True).items() if name != "use"}

    assert KEYS["ES256"].can_sign
    assert Key.generate("HS256").can_sign
    assert not KEYS["ES256"].public().can_sign
    assert not Key.from_jwk({**jwk, "key_ops": ["verify"]}).can_sign
    assert not Key.generate("ECDH-ES").can_sign


def test_operations_of_the_public_half_are_those_of_a_pair_with_it() -> None:
    """RFC 7517 §4.3: who signs elsewhere signs; what is published says "verify" still."""
    jwk = {name: value for name, value in KEYS["ES256"].to_jwk().items() if name != "use"}
    public = Key.from_jwk({**jwk, "key_ops": ["verify"]})
    key = public.with_signer(KEYS["ES256"].sign_bytes)

    assert jws.verify(jws.sign(b"", key), public).payload == b""
    assert key.to_jwk() == public.to_jwk()


def test_trouble_elsewhere_goes_through() -> None:
    """It is no refusal of a token: the caller knows what its own service raises."""

    def fail(signing_input: bytes) -> bytes:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        jws.sign(b"", KEYS["ES256"].public().with_signer(fail))


def test_a_signature_that_is_none_verifies_nowhere() -> None:
    """Whoever is not sure of the other side tries it once."""
    token = jws.sign(b"", KEYS["ES256"].public().with_signer(lambda signing_input: b"x" * 64))

    with pytest.raises(InvalidSignatureError):
        jws.verify(token, KEYS["ES256"].public())


@pytest.mark.parametrize(
    "key",
    [KEYS["ES256"], elsewhere(), Key.generate("HS256"), Key.generate("ECDH-ES").public()],
    ids=["private", "elsewhere", "shared", "encryption"],
)
def test_it_begins_with_the_public_half_of_a_key_for_signatures(key: Key) -> None:
    """A key that signs already would have two ways to."""
    with pytest.raises(ValueError, match="public half"):
        key.with_signer(KEYS["ES256"].sign_bytes)


def test_it_does_not_hand_out_its_signer() -> None:
    """As no key hands out its state."""
    with pytest.raises(TypeError):
        elsewhere().__getstate__()
