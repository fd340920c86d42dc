"""The examples of RFC 7515, 7517, 7520, 7638, 8037 and 9278, as printed there."""

import json
from pathlib import Path
from typing import Any

import pytest

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key, KeySet

VECTORS = Path(__file__).parent.parent / "vectors/jwk"


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


def split(token: str) -> tuple[bytes, bytes]:
    signing_input, _, signature = token.rpartition(".")
    return base64url.decode(signature), signing_input.encode()


def alg_of(token: str) -> str:
    alg: str = json.loads(base64url.decode(token.partition(".")[0]))["alg"]
    return alg


@pytest.mark.parametrize(
    "example", load("rfc7515-signatures.json") + load("rfc7520-signatures.json"), ids=lambda each: each["section"]
)
def test_a_signature_verifies_and_a_changed_one_does_not(example: dict[str, Any]) -> None:
    """RFC 7515 A.1–A.4, RFC 7520 §4.1–§4.4."""
    key = Key.from_jwk(example["jwk"], alg=alg_of(example["token"]))
    signature, signing_input = split(example["token"])

    assert key.verify_bytes(signature, signing_input)
    assert not key.verify_bytes(signature, signing_input + b"A")


@pytest.mark.parametrize("example", load("rfc7515-signatures.json"), ids=lambda each: each["section"])
def test_a_deterministic_algorithm_makes_the_printed_signature(example: dict[str, Any]) -> None:
    """RFC 7515 A.1 and A.2; the ECDSA examples of A.3 and A.4 were made with random nonces."""
    alg = alg_of(example["token"])
    key = Key.from_jwk(example["jwk"], alg=alg)
    signature, signing_input = split(example["token"])

    assert (key.sign_bytes(signing_input) == signature) is (not alg.startswith("ES"))


def test_the_public_example_set_has_one_key_for_signatures() -> None:
    """RFC 7517 A.1: the EC key is for encryption."""
    keys = KeySet.from_jwks(load("rfc7517-public-keys.json"), remote=True)

    assert [(key.kid, key.alg) for key in keys] == [("2011-04-29", "RS256")]
    assert [(each.position, each.kid, each.code) for each in keys.skipped] == [(0, "1", "algorithm_required")]


def test_the_private_example_set_holds_the_same_key() -> None:
    """RFC 7517 A.2."""
    (private,) = KeySet.from_jwks(load("rfc7517-private-keys.json"))
    (public,) = KeySet.from_jwks(load("rfc7517-public-keys.json"))

    assert private.is_private
    assert private.to_jwk() == public.to_jwk() == load("rfc7517-public-keys.json")["keys"][1]
    assert private.to_jwk(private=True) == load("rfc7517-private-keys.json")["keys"][1]


def test_the_private_example_set_is_no_published_one() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        KeySet.from_jwks(load("rfc7517-private-keys.json"), remote=True)

    assert refusal.value.code == "published_secret"


def test_the_symmetric_examples() -> None:
    """RFC 7517 A.3: one is for key wrapping, the other says nothing."""
    keys = KeySet.from_jwks(load("rfc7517-symmetric-keys.json"))

    assert [(key.alg, key.is_for_encryption) for key in keys] == [("A128KW", True)]
    assert [each.code for each in keys.skipped] == ["algorithm_required"]
    assert Key.from_jwk(load("rfc7517-symmetric-keys.json")["keys"][1], alg="HS256").kty == "oct"


@pytest.mark.parametrize(
    ("name", "alg"), [("3_1", "ES512"), ("3_2", "ES512"), ("3_3", "RS256"), ("3_4", "RS256"), ("3_5", "HS256")]
)
def test_the_cookbook_keys_come_out_as_they_went_in(name: str, alg: str) -> None:
    """RFC 7520 §3.1–§3.5."""
    jwk = load("rfc7520-keys.json")[name]
    key = Key.from_jwk(jwk, alg=alg)

    assert key.to_jwk(private=key.is_private) == jwk | {"alg": alg}


def test_the_cookbook_key_for_encryption_is_for_one_content_encryption() -> None:
    """RFC 7520 §3.6: its "alg" is the name of one."""
    jwk = load("rfc7520-keys.json")["3_6"]
    key = Key.from_jwk(jwk)

    assert (key.alg, key.enc) == ("dir", "A256GCM")
    assert key.to_jwk(private=True) == jwk


def test_the_thumbprint_examples() -> None:
    """RFC 7638 §3.1 and RFC 9278 §6."""
    example = load("rfc7638-thumbprint.json")
    key = Key.from_jwk(example["jwk"])

    assert key.thumbprint() == example["thumbprint"]
    assert key.thumbprint_uri() == example["uri_rfc9278"]


def test_the_ed25519_examples() -> None:
    """RFC 8037 A.1–A.5; the printed token still carries the name EdDSA."""
    example = load("rfc8037-ed25519.json")
    private = Key.from_jwk(example["private"], alg="EdDSA")
    public = Key.from_jwk(example["public"], alg="EdDSA")
    signature, signing_input = split(example["token"])

    assert private.thumbprint() == public.thumbprint() == example["thumbprint"]
    assert private.sign_bytes(signing_input) == signature
    assert public.verify_bytes(signature, signing_input)
    assert public.to_jwk() == private.to_jwk() == example["public"] | {"alg": "EdDSA"}
