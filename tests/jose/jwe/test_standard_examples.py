"""The examples of RFC 7516 and RFC 7520, from whole tokens to the plaintext, and back where nothing is random."""

import json
from typing import Any

import pytest

from tests.jose.jwe.vectors import load
from tokensmith.jose import Key, KeySet, base64url, jwe
from tokensmith.jose.errors import KeyMaterialError, UnacceptableTokenError, UnknownKeyError
from tokensmith.jose.jwa import content_encryption
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwe import compact, json_form

RFC7516 = load("rfc7516-examples.json")
RFC7520 = load("rfc7520-encryption.json")
OLD_PADDING = {"A.2", "5.1"}
COMPACT = [
    each
    for each in RFC7516 + RFC7520
    if each["section"] not in OLD_PADDING and ("compact" in each or "compact" in each.get("output", {}))
]
# RFC 7520 §5.12 protects nothing, not even "enc"; §5.13 has several keys and tests of its own.
JSON = [each for each in RFC7516 + RFC7520 if each["section"] in {"A.4", "A.5", *(f"5.{n}" for n in range(2, 12))}]
by_section = {"ids": lambda each: each["section"]}


def key_of(example: dict[str, Any]) -> Key:
    given = example.get("input", example)
    if "pwd" in given:
        return Key.from_password(given["pwd"], alg=given["alg"])
    return Key.from_jwk(given.get("key") or given["jwk"], alg=given["alg"])


def plaintext_of(example: dict[str, Any]) -> bytes:
    text: str = example.get("input", example)["plaintext"]
    return text.encode()


def part_of(example: dict[str, Any], name: str) -> bytes:
    for step in ("generated", "encrypting_key", "encrypting_content"):
        if name in example.get(step, {}):
            return base64url.decode(example[step][name])
    return b""


@pytest.mark.parametrize("example", COMPACT, **by_section)
def test_a_compact_example_is_decrypted(example: dict[str, Any]) -> None:
    token = example.get("compact") or example["output"]["compact"]
    key = key_of(example)

    for keys in (key, KeySet([key]), lambda _header: key):
        decrypted = jwe.decrypt(token, keys, zips={"DEF"})

        assert decrypted.plaintext == plaintext_of(example)
        assert decrypted.key is key
        assert decrypted.header.alg == key.alg


@pytest.mark.parametrize("example", JSON, **by_section)
def test_a_json_example_is_decrypted(example: dict[str, Any]) -> None:
    """Both forms, as an object and as its text."""
    outputs = example.get("output", example)
    for form in ("json", "json_flat"):
        if form not in outputs:
            continue
        for token in (outputs[form], json.dumps(outputs[form])):
            assert jwe.decrypt_json(token, key_of(example), zips={"DEF"}).plaintext == plaintext_of(example)


@pytest.mark.parametrize("example", [each for each in RFC7520 if "compact" in each["output"]], **by_section)
def test_a_cookbook_example_is_made_again_byte_for_byte(example: dict[str, Any]) -> None:
    """RFC 7520 §5.1–§5.9, with the random values printed there: content, then the whole token."""
    enc = content_encryption(example["input"]["enc"])
    content_key = part_of(example, "cek") or base64url.decode(example["input"]["key"]["k"])
    plaintext = part_of(example, "plaintext_c") or plaintext_of(example)
    protected_text = example["encrypting_content"]["protected_b64u"].encode()
    # In §5.7 the encrypted key has a vector of its own, so this one is looked up where it was generated.
    iv = base64url.decode(example["generated"]["iv"])
    content = enc.encrypt(content_key, iv=iv, plaintext=plaintext, aad=protected_text)
    encrypted_key = part_of(example, "encrypted_key")
    parts = compact.CompactParts(protected_text=protected_text, encrypted_key=encrypted_key, content=content)

    assert compact.join(parts) == example["output"]["compact"]


@pytest.mark.parametrize("example", [each for each in RFC7520 if each["section"] in {"5.8", "5.9", "5.10", "5.11"}])
def test_a_wrapped_key_of_the_cookbook_is_made_again(example: dict[str, Any]) -> None:
    """RFC 7520 §5.8–§5.11; AES Key Wrap has nothing random."""
    enc = content_encryption(example["input"]["enc"])
    wrapped = key_of(example).wrap_key(part_of(example, "cek"), enc, Parameters())

    assert wrapped.encrypted_key == part_of(example, "encrypted_key")


@pytest.mark.parametrize("section", ["5.10", "5.11"])
def test_a_json_example_is_made_again_byte_for_byte(section: str) -> None:
    """RFC 7520 §5.10 with additional data, and §5.11 with half a header."""
    example = next(each for each in RFC7520 if each["section"] == section)
    made = example["output"]["json_flat"]
    parts = json_form.parse(made)
    content = content_encryption("A128GCM").encrypt(
        part_of(example, "cek"), iv=part_of(example, "iv"), plaintext=plaintext_of(example), aad=parts.covered
    )

    assert content == parts.content
    assert json_form.serialise(parts) == made
    assert json_form.serialise(json_form.parse(example["output"]["json"])) == example["output"]["json"]


def test_additional_data_come_out() -> None:
    """RFC 7520 §5.10."""
    example = RFC7520[9]
    decrypted = jwe.decrypt_json(example["output"]["json"], key_of(example))

    assert decrypted.aad.decode() == example["input"]["aad"]


@pytest.mark.parametrize("index", [1, 2])
def test_each_of_several_recipients_decrypts(index: int) -> None:
    """RFC 7520 §5.13: the first of them uses RSA1_5, which we have not."""
    example = RFC7520[12]
    given = example["input"]
    key = Key.from_jwk(given["key"][index], alg=given["alg"][index])

    for keys in (key, KeySet([key]), KeySet([key, Key.generate("A128KW", kid="other")])):
        decrypted = jwe.decrypt_json(example["output"]["json"], keys)
        assert decrypted.plaintext == given["plaintext"].encode()
        assert decrypted.key.kid == given["key"][index].get("kid")
        assert decrypted.header == {"enc": "A128CBC-HS256"}
        assert decrypted.unprotected["alg"] == given["alg"][index]


def test_a_token_for_others_is_not_for_us() -> None:
    example = RFC7520[12]
    with pytest.raises(UnknownKeyError) as refusal:
        jwe.decrypt_json(example["output"]["json"], Key.generate("A256KW"))

    assert refusal.value.code == "unknown_key"


def test_an_unprotected_enc_is_refused() -> None:
    """RFC 7520 §5.12 protects the content only; threat A09: what says how to read it has to be covered."""
    example = RFC7520[11]
    for form in ("json", "json_flat"):
        with pytest.raises(UnacceptableTokenError) as refusal:
            jwe.decrypt_json(example["output"][form], key_of(example))
        assert refusal.value.code == "unprotected_parameter"


@pytest.mark.parametrize(
    "example", [each for each in RFC7516 + RFC7520 if each["section"] in OLD_PADDING], **by_section
)
def test_the_older_padding_is_refused_by_name(example: dict[str, Any]) -> None:
    """Threat D08: RFC 7516 A.2 and RFC 7520 §5.1; no key can be bound to it, and no token reaches one."""
    given = example.get("input", example)
    jwk = {name: value for name, value in (given.get("key") or given["jwk"]).items() if name != "alg"}
    token = example.get("compact") or example["output"]["compact"]
    key = Key.from_jwk(jwk, alg="RSA-OAEP")

    with pytest.raises(ValueError, match="alg is one of"):
        Key.from_jwk(jwk, alg="RSA1_5")
    with pytest.raises(KeyMaterialError) as refused_key:
        Key.from_jwk(jwk | {"alg": "RSA1_5"})
    assert refused_key.value.code == "unsupported_algorithm"
    for keys, code in ((key, "algorithm_mismatch"), (KeySet([key]), "unsupported_algorithm")):
        with pytest.raises(UnacceptableTokenError) as refusal:
            jwe.decrypt(token, keys)
        assert refusal.value.code == code


def test_the_content_of_the_first_example_is_made_again() -> None:
    """RFC 7516 A.1.6 and A.3.6, byte for byte."""
    for example in (RFC7516[0], RFC7516[2]):
        parts = compact.split(example["compact"])
        made = content_encryption(example["enc"]).encrypt(
            base64url.decode(example["content_key"]),
            iv=parts.content.iv,
            plaintext=example["plaintext"].encode(),
            aad=parts.protected_text,
        )
        assert made == parts.content
