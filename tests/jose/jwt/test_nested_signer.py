"""NestedSigner: what it makes, our own NestedVerifier takes, and only the recipient reads."""

import json
from typing import Any

import pytest

from tests.jose.jwt.nesting import PUBLIC, RECIPIENT, nested_verifier, passes, refusal
from tests.jose.jwt.tokens import AUDIENCE, ISSUER, KEY, NOW, StoppedClock, verifier
from tokensmith.jose import Key, KeySet, base64url, jwe, jwt
from tokensmith.jose.errors import KeyMaterialError, UnacceptableTokenError
from tokensmith.jose.jwe.drafts import DRAFTS

PASSWORD = Key.from_password("correct horse battery staple", alg="PBES2-HS256+A128KW")
KEYS = (RECIPIENT, Key.generate("RSA-OAEP-256"), Key.generate("A256KW"), Key.generate("A256GCM"), PASSWORD)


def inner_signer(**options: Any) -> jwt.Signer:
    return jwt.Signer(KEY, **{"issuer": ISSUER, "audience": AUDIENCE, "clock": StoppedClock(), **options})


def nested_signer(key: Key = PUBLIC, **options: Any) -> jwt.NestedSigner:
    return jwt.NestedSigner(inner_signer(), key, **options)


def header_of(token: str) -> dict[str, object]:
    header: dict[str, object] = json.loads(base64url.decode(token.partition(".")[0]))
    return header


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.alg)
def test_a_token_passes_our_own_verifier(key: Key) -> None:
    """With every kind of recipient."""
    making = nested_signer(key if key.kty == "oct" else key.public(), header={"p2c": 1000} if key is PASSWORD else None)
    verified = nested_verifier(keys=KeySet([key])).verify(making.sign({"sub": "ada"}))

    assert verified.inner.claims.subject == "ada"
    assert verified.inner.claims["exp"] == NOW + 900
    assert verified.outer_key is key


def test_signed_first_and_encrypted_then() -> None:
    """RFC 7519 §11.2: "sign the message and then encrypt the result (thus encrypting the signature)"."""
    decrypted = jwe.decrypt(nested_signer().sign({"sub": "ada"}), RECIPIENT)

    assert decrypted.header.cty == "JWT"
    assert verifier().verify(decrypted.plaintext).claims.subject == "ada"


def test_nothing_of_the_claims_is_outside() -> None:
    """Unless somebody asks for it."""
    assert header_of(nested_signer().sign({"sub": "ada"})).keys() == {"alg", "kid", "enc", "epk", "cty"}


def test_the_content_encryption_is_the_callers() -> None:
    assert header_of(nested_signer(enc="A128CBC-HS256").sign({}))["enc"] == "A128CBC-HS256"


@pytest.mark.parametrize("replicated", [["iss"], {"iss", "sub", "aud", "typ"}, ("aud",)])
def test_claims_are_replicated_where_that_is_asked_for(replicated: Any) -> None:
    """RFC 7519 §5.3, RFC 8725 §3.11; and our own verifier finds them equal."""
    expected = {"iss": ISSUER, "sub": "ada", "aud": ["a", AUDIENCE], "typ": "at+jwt"}
    making = jwt.NestedSigner(inner_signer(typ="at+jwt"), PUBLIC, replicated=replicated)
    token = making.sign({"sub": "ada", "aud": ["a", AUDIENCE], "typ": "a claim of that name is something else"})
    header = header_of(token)

    assert {name: header[name] for name in expected if name in header} == {
        name: value for name, value in expected.items() if name in replicated
    }
    assert nested_verifier(verifier(typ="at+jwt")).verify(token)


def test_a_claim_that_is_not_there_cannot_be_replicated() -> None:
    with pytest.raises(ValueError, match='"sub" is to be replicated'):
        nested_signer(replicated={"sub"}).sign({})


def test_claims_that_no_verifier_reads_are_not_replicated() -> None:
    """The ceilings are those of reading."""
    with pytest.raises(ValueError, match="members"):
        nested_signer(replicated={"iss"}).sign({f"c{n}": n for n in range(1001)})


@pytest.mark.parametrize(
    ("replicated", "error"), [("iss", TypeError), ({"exp"}, ValueError), ({"cty"}, ValueError), (["x"], ValueError)]
)
def test_what_can_be_replicated_is_a_closed_list(replicated: Any, error: type[Exception]) -> None:
    """RFC 7519 §10.4.1."""
    with pytest.raises(error, match="replicated"):
        nested_signer(replicated=replicated)


def test_further_members_of_the_outer_header_are_the_callers() -> None:
    given: dict[str, Any] = {"apv": "Qm9i", "x": {"y": [1]}}
    making = nested_signer(header=given)
    given["x"]["y"].append(2)
    header = header_of(making.sign({}))

    assert (header["apv"], header["x"]) == ("Qm9i", {"y": [1]})


@pytest.mark.parametrize("name", ["cty", "zip", "typ", "iss", "sub", "aud"])
def test_some_members_are_not_the_callers(name: str) -> None:
    """They could contradict what is inside, or tell its length (RFC 8725 §3.6)."""
    with pytest.raises(ValueError, match=f'"{name}"'):
        nested_signer(header={name: "DEF"})


@pytest.mark.parametrize(("key", "code"), [(KEY, "key_operation"), (Key.generate("A128GCM"), "algorithm_mismatch")])
def test_a_key_that_cannot_encrypt_makes_no_signer(key: Key, code: str) -> None:
    """The mistake shows when the program starts, not with the first token."""
    with pytest.raises(KeyMaterialError) as caught:
        nested_signer(key)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"enc": "A256"}, ValueError),
        ({"header": {"alg": "dir"}}, ValueError),
        ({"header": {"crit": ["x"]}}, ValueError),
        ({"header": {"x": b""}}, TypeError),
    ],
)
def test_options_are_checked_once(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        nested_signer(**options)


@pytest.mark.parametrize(("signer", "key"), [(KEY, PUBLIC), (None, PUBLIC), (inner_signer(), "key")])
def test_a_signer_and_a_key_make_one(signer: Any, key: Any) -> None:
    with pytest.raises(TypeError, match=r"is a (Signer|Key)"):
        jwt.NestedSigner(signer, key)


def test_a_signer_is_frozen() -> None:
    making = nested_signer()

    with pytest.raises(AttributeError):
        making._enc = "A128GCM"
    with pytest.raises(AttributeError):
        del making._enc


@pytest.mark.parametrize("alg", ["HPKE-0", "HPKE-3-KE"])
def test_a_draft_is_used_where_both_sides_name_it(alg: str) -> None:
    """D21: its names may mean another thing tomorrow."""
    recipient = Key.generate(alg)
    token = nested_signer(recipient.public(), drafts=DRAFTS).sign({"sub": "ada"})

    assert passes(token, keys=recipient, drafts=DRAFTS)
    assert refusal(token, keys=recipient) == (UnacceptableTokenError, "unsupported_algorithm")
    with pytest.raises(KeyMaterialError):
        nested_signer(recipient.public())


@pytest.mark.parametrize("make", [jwt.NestedSigner, jwt.NestedVerifier])
def test_a_draft_is_one_of_ours(make: Any) -> None:
    first = jwt.Signer(KEY) if make is jwt.NestedSigner else verifier()
    with pytest.raises(ValueError, match="draft"):
        make(first, RECIPIENT, drafts={"draft-ietf-jose-hpke-encrypt-19"})
    with pytest.raises(TypeError):
        make(first, RECIPIENT, drafts="draft-ietf-jose-hpke-encrypt-20")
