"""`algorithms`: JWKs to key objects and back, and the objects that stand for algorithms."""

import json
from typing import Any

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import EC, ED448, ED25519, RSA, SECRET, SIGNING, b64, outcome, pem, verifying
from tokensmith.jose import Key
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS

CLASSES: dict[str, Any] = {
    "HMACAlgorithm": SECRET.encode(),
    "RSAAlgorithm": RSA,
    "RSAPSSAlgorithm": RSA,
    "ECAlgorithm": EC["ES512"],
    "OKPAlgorithm": ED25519,
}


def halves(key: Any) -> list[Any]:
    """A secret alone, or both halves of a pair."""
    return [key] if isinstance(key, bytes) else [key, key.public_key()]


@pytest.mark.parametrize("name", CLASSES)
def test_jwks_are_written_alike(name: str) -> None:
    """Private members where the key has them; text or dict."""
    for key in halves(CLASSES[name]):
        for as_dict in (True, False):
            written = [getattr(module.algorithms, name).to_jwk(key, as_dict=as_dict) for module in (ours, theirs)]

            assert isinstance(written[0], dict if as_dict else str)
            assert [json.loads(json.dumps(each)) if as_dict else json.loads(each) for each in written] == [
                theirs_as_dict(name, key)
            ] * 2


def theirs_as_dict(name: str, key: Any) -> dict[str, Any]:
    """What PyJWT writes."""
    jwk: dict[str, Any] = json.loads(getattr(theirs.algorithms, name).to_jwk(key))
    return jwk


@pytest.mark.parametrize("name", CLASSES)
def test_jwks_are_read_alike(name: str) -> None:
    """The very key object comes back, from the dict and from its text."""
    for key in halves(CLASSES[name]):
        jwk = theirs_as_dict(name, key)
        for form in (jwk, json.dumps(jwk)):
            read = getattr(ours.algorithms, name).from_jwk(form)

            assert read == key if isinstance(key, bytes) else pem(read) == pem(key)


@pytest.mark.parametrize(
    ("name", "jwk"),
    [
        ("RSAAlgorithm", "{"),
        ("RSAAlgorithm", 1),
        ("RSAAlgorithm", {}),
        ("RSAAlgorithm", {"kty": "oct", "k": b64(SECRET.encode())}),
        ("RSAAlgorithm", {"kty": "RSA", "n": "AQAB"}),
        ("HMACAlgorithm", {"kty": "RSA"}),
        ("HMACAlgorithm", {"kty": "oct", "k": ""}),
        ("ECAlgorithm", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
        ("ECAlgorithm", {"kty": "OKP"}),
        ("OKPAlgorithm", {"kty": "OKP", "crv": "X448", "x": "AA"}),
        ("OKPAlgorithm", {"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
    ],
)
def test_jwks_that_are_none_are_refused_alike(name: str, jwk: object) -> None:
    """Also one of another type: an RSA key is never read as a secret."""

    def call(module: Any) -> object:
        return getattr(module.algorithms, name).from_jwk(jwk)

    assert outcome(call, ours) == outcome(call, theirs) == "InvalidKeyError"


@pytest.mark.parametrize(
    ("name", "key"),
    [("RSAAlgorithm", ED25519), ("ECAlgorithm", RSA), ("OKPAlgorithm", EC["ES256"]), ("ECAlgorithm", 1)],
)
def test_a_key_of_another_type_is_not_written(name: str, key: Any) -> None:
    """The class says what the JWK will be."""
    with pytest.raises(ours.InvalidKeyError):
        getattr(ours.algorithms, name).to_jwk(key)


def test_a_jwk_that_is_a_list_is_refused() -> None:
    """PyJWT lets an AttributeError out."""
    with pytest.raises(ours.InvalidKeyError):
        ours.algorithms.RSAAlgorithm.from_jwk("[]")


def test_a_secret_as_text_is_written() -> None:
    """It counts as its UTF-8 octets."""
    assert ours.algorithms.HMACAlgorithm.to_jwk(SECRET, as_dict=True) == {"kty": "oct", "k": b64(SECRET.encode())}


@pytest.mark.parametrize("alg", SIGNING)
def test_an_algorithm_signs_verifies_and_hashes_as_theirs_does(alg: str) -> None:
    """The parts `encode` is made of, for those who use them one by one."""
    mine, peer = ours.get_algorithm_by_name(alg), theirs.get_algorithm_by_name(alg)
    signature = mine.sign(b"message", SIGNING[alg])

    assert peer.verify(b"message", peer.prepare_key(verifying(alg)), signature)
    assert mine.verify(
        b"message", mine.prepare_key(verifying(alg)), peer.sign(b"message", peer.prepare_key(SIGNING[alg]))
    )
    assert not mine.verify(b"another", verifying(alg), signature)
    assert outcome(lambda each: each.compute_hash_digest(b"x"), mine) == outcome(
        lambda each: each.compute_hash_digest(b"x"), peer
    )


def test_a_public_key_does_not_sign() -> None:
    """The cause has our code."""
    with pytest.raises(ours.InvalidKeyError) as refused:
        ours.get_algorithm_by_name("RS256").sign(b"", RSA.public_key())

    assert getattr(refused.value.__cause__, "code", None) == "key_operation"


def test_a_text_becomes_a_key_object_that_can_be_written() -> None:
    """The usual way from a PEM text to a JWK."""
    algorithm = ours.algorithms.get_default_algorithms()["RS256"]
    jwk = algorithm.to_jwk(algorithm.prepare_key(pem(RSA.public_key())), as_dict=True)

    assert jwk == theirs_as_dict("RSAAlgorithm", RSA.public_key())


def test_the_algorithms_are_those_of_the_tables() -> None:
    """No more, no fewer, "none" not among them; the dict is the caller's own."""
    listed = ours.algorithms.get_default_algorithms()
    listed.clear()

    assert ours.algorithms.get_default_algorithms().keys() == SIGNATURE_ALGORITHMS.keys()
    assert ours.algorithms.has_crypto is True
    assert ours.algorithms.requires_cryptography == SIGNATURE_ALGORITHMS.keys() - {"HS256", "HS384", "HS512"}


@pytest.mark.parametrize("name", ["none", "None", "hs256", "XS256", ""])
def test_there_is_no_algorithm_of_another_name(name: str) -> None:
    """Neither by name nor by class."""
    with pytest.raises(NotImplementedError):
        ours.get_algorithm_by_name(name)
    with pytest.raises(NotImplementedError):
        ours.algorithms.HMACAlgorithm(name)


def test_a_class_has_the_algorithms_of_its_keys() -> None:
    """An RSA algorithm by the name of a MAC would be a confusion."""
    with pytest.raises(NotImplementedError):
        ours.algorithms.RSAAlgorithm("HS256")


def test_a_lattice_key_goes_both_ways() -> None:
    """PyJWT has no such keys, so ours are compared with themselves."""
    key = Key.generate("ML-DSA-65")
    algorithm = ours.get_algorithm_by_name("ML-DSA-65")
    jwk = algorithm.to_jwk(algorithm.prepare_key(key.to_pem(private=True)), as_dict=True)

    assert isinstance(algorithm, ours.algorithms.AKPAlgorithm)
    assert jwk == {name: value for name, value in key.to_jwk(private=True).items() if name not in ("kid", "use")}
    assert ours.PyJWK({**jwk, "alg": "ML-DSA-65"}).algorithm_name == "ML-DSA-65"


def test_an_ed448_key_goes_both_ways() -> None:
    """PyJWT reads and writes it, too."""
    jwk = ours.algorithms.OKPAlgorithm.to_jwk(ED448.public_key(), as_dict=True)

    assert jwk == theirs.algorithms.OKPAlgorithm.to_jwk(ED448.public_key(), as_dict=True)
