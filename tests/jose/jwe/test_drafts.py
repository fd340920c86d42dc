"""HPKE in tokens: off unless the draft is named, and the rules of both its modes (draft-ietf-jose-hpke-encrypt-20)."""

import json
from typing import Any

import pytest

from tests.jose.jwe.tokens import DRAFT_TOKENS, DRAFTS, WRAPS, header_of, text_of, with_part
from tokensmith.jose import JoseError, Key, KeySet, base64url, jwe
from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwa import key_management
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwe import compact, drafts

INTEGRATED = DRAFT_TOKENS["HPKE-0"][0]
WRAPPING = DRAFT_TOKENS["HPKE-3-KE"][0]
OTHER_WRAPPING = DRAFT_TOKENS["HPKE-7-KE"][0]
FLATTENED: Any = jwe.encrypt_json(b"plaintext", INTEGRATED, aad=b"data", drafts=DRAFTS)
GENERAL: Any = jwe.encrypt_json(b"plaintext", [WRAPS, WRAPPING, OTHER_WRAPPING], drafts=DRAFTS)
every = pytest.mark.parametrize(("key", "token"), DRAFT_TOKENS.values(), ids=DRAFT_TOKENS)


def refusal_of(call: Any, *arguments: Any, **options: Any) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        call(*arguments, **options)
    return refusal.value


def integrated_parts(header: dict[str, Any]) -> compact.CompactParts:
    """Encrypt to INTEGRATED as a sender does who writes any header at all: what is encrypted covers it."""
    enc = key_management("HPKE-0").integrated
    assert enc is not None
    wrapped = INTEGRATED.public().wrap_key(b"", enc, Parameters())
    text = text_of(header)
    content = enc.encrypt(wrapped.content_key, iv=b"", plaintext=b"plaintext", aad=text)
    return compact.CompactParts(protected_text=text, encrypted_key=wrapped.encrypted_key, content=content)


def integrated_json(protected: dict[str, Any], **members: Any) -> dict[str, Any]:
    parts = integrated_parts(protected)
    return {
        "protected": parts.protected_text.decode(),
        "encrypted_key": base64url.encode(parts.encrypted_key),
        "ciphertext": base64url.encode(parts.content.ciphertext),
        **members,
    }


@every
def test_nothing_happens_where_the_draft_is_not_named(key: Key, token: str) -> None:
    """D21: that a key says "HPKE-0", be it in a JWK from elsewhere, is not yet this program's word."""
    for keys in (key, KeySet([key]), lambda _header: key):
        refusal = refusal_of(jwe.decrypt, token, keys)
        assert isinstance(refusal, UnacceptableTokenError)
        assert refusal.code == "unsupported_algorithm"
        assert jwe.decrypt(token, keys, drafts=DRAFTS).plaintext == b"plaintext"
    for call in (jwe.encrypt, jwe.encrypt_json):
        refusal = refusal_of(call, b"plaintext", key)
        assert isinstance(refusal, KeyMaterialError)
        assert refusal.code == "unsupported_algorithm"


def test_a_recipient_of_the_draft_is_passed_over_where_it_is_not_named() -> None:
    """D21: the others find their content key as before."""
    assert jwe.decrypt_json(GENERAL, WRAPS).plaintext == b"plaintext"
    assert jwe.decrypt_json(GENERAL, KeySet([WRAPPING, WRAPS])).key is WRAPS
    assert refusal_of(jwe.decrypt_json, GENERAL, WRAPPING).code == "unknown_key"
    assert jwe.decrypt_json(GENERAL, WRAPPING, drafts=DRAFTS).key is WRAPPING


@pytest.mark.parametrize("name", ["draft-ietf-jose-hpke-encrypt-19", "draft-ietf-jose-hpke-encrypt", "HPKE-0", ""])
def test_another_version_of_the_draft_is_a_mistake_in_the_program(name: str) -> None:
    """D21: the version is part of what is named, so no token changes its meaning unseen."""
    assert {"draft-ietf-jose-hpke-encrypt-20"} == drafts.DRAFTS
    for call in (
        lambda: jwe.encrypt(b"", WRAPS, drafts={name}),
        lambda: jwe.encrypt_json(b"", [WRAPS, WRAPS], drafts={name, *DRAFTS}),
        lambda: jwe.decrypt(DRAFT_TOKENS["HPKE-0"][1], INTEGRATED, drafts={name}),
        lambda: jwe.decrypt_json(FLATTENED, INTEGRATED, drafts={name}),
    ):
        with pytest.raises(ValueError, match="drafts is of draft-ietf-jose-hpke-encrypt-20"):
            call()


def test_one_name_is_no_collection_of_names() -> None:
    with pytest.raises(TypeError):
        jwe.decrypt(DRAFT_TOKENS["HPKE-0"][1], INTEGRATED, drafts="draft-ietf-jose-hpke-encrypt-20")


def test_integrated_encryption_has_the_parts_of_the_draft() -> None:
    """§5: no "enc", no "ek"; the encrypted key is the encapsulated secret; vector and tag are empty."""
    token = jwe.encrypt(b"plaintext", INTEGRATED.public(), drafts=DRAFTS)
    parts = compact.split(token)

    assert header_of(token) == {"alg": "HPKE-0", "kid": "h"}
    assert (len(parts.encrypted_key), parts.content.iv, parts.content.tag) == (65, b"", b"")
    assert len(parts.content.ciphertext) == len(b"plaintext") + 16
    assert set(FLATTENED) == {"protected", "encrypted_key", "ciphertext", "aad"}


def test_key_encryption_has_the_parts_of_the_draft() -> None:
    """§6: "ek" in the recipient's header, and a content key for "enc"."""
    members = header_of(jwe.encrypt(b"plaintext", WRAPPING.public(), drafts=DRAFTS))
    said = [each["header"] for each in GENERAL["recipients"]]

    assert members.keys() == {"alg", "kid", "enc", "ek"}
    assert [each.get("ek") is not None for each in said] == [False, True, True]
    assert len({each["encrypted_key"] for each in GENERAL["recipients"]}) == 3


def test_a_sender_by_hand_is_read() -> None:
    """The tests below change one thing each of this."""
    good = {"alg": "HPKE-0"}

    assert jwe.decrypt(compact.join(integrated_parts(good)), INTEGRATED, drafts=DRAFTS).plaintext == b"plaintext"
    assert jwe.decrypt_json(integrated_json(good), INTEGRATED, drafts=DRAFTS).plaintext == b"plaintext"


@pytest.mark.parametrize("name", ["enc", "ek"])
def test_what_integrated_encryption_has_not_is_refused(name: str) -> None:
    """J67: "enc" and "ek" "MUST NOT be present" (§5), in whichever part of the header."""
    value = {"enc": "A128GCM", "ek": base64url.encode(bytes(65))}[name]
    protected = {"alg": "HPKE-0", name: value}

    for refusal in (
        refusal_of(jwe.decrypt, compact.join(integrated_parts(protected)), INTEGRATED, drafts=DRAFTS),
        refusal_of(jwe.decrypt_json, integrated_json(protected), INTEGRATED, drafts=DRAFTS),
    ):
        assert isinstance(refusal, MalformedTokenError)
        assert refusal.code == "malformed_header"
    code = {"enc": "unprotected_parameter", "ek": "malformed_header"}[name]
    for part in ("header", "unprotected"):
        token = integrated_json({"alg": "HPKE-0"}, **{part: {name: value}})
        assert refusal_of(jwe.decrypt_json, token, INTEGRATED, drafts=DRAFTS).code == code


@pytest.mark.parametrize("position", [2, 4])
@pytest.mark.parametrize("octets", [b"\0", bytes(12), bytes(16)])
def test_a_vector_or_a_tag_that_is_not_empty_is_refused(position: int, octets: bytes) -> None:
    """J67: §5: nothing covers them, so many tokens would be one."""
    name = {2: "iv", 4: "tag"}[position]
    token = with_part(DRAFT_TOKENS["HPKE-0"][1], position, octets)

    assert refusal_of(jwe.decrypt, token, INTEGRATED, drafts=DRAFTS).code == "decryption_failed"
    changed = FLATTENED | {name: base64url.encode(octets)}
    assert refusal_of(jwe.decrypt_json, changed, INTEGRATED, drafts=DRAFTS).code == "decryption_failed"


def test_integrated_encryption_has_one_recipient() -> None:
    """J67: "exactly one recipient" (§5), whichever of them is ours."""
    one = {"encrypted_key": FLATTENED["encrypted_key"]}
    rest = {name: value for name, value in FLATTENED.items() if name != "encrypted_key"}

    assert jwe.decrypt_json(rest | {"recipients": [one]}, INTEGRATED, drafts=DRAFTS).plaintext == b"plaintext"
    refusal = refusal_of(jwe.decrypt_json, rest | {"recipients": [one, one]}, INTEGRATED, drafts=DRAFTS)
    assert refusal.code == "several_recipients"
    stranger = {"header": {"alg": "HPKE-0"}, "encrypted_key": FLATTENED["encrypted_key"]}
    crowd = GENERAL | {"recipients": [*GENERAL["recipients"], stranger]}
    assert refusal_of(jwe.decrypt_json, crowd, WRAPS, drafts=DRAFTS).code == "several_recipients"
    for keys in ([INTEGRATED, WRAPS], [WRAPS, INTEGRATED], [INTEGRATED, INTEGRATED]):
        with pytest.raises(ValueError, match="one recipient only"):
            jwe.encrypt_json(b"", keys, drafts=DRAFTS)


@pytest.mark.parametrize("part", ["header", "unprotected"])
def test_the_algorithm_of_integrated_encryption_is_protected(part: str) -> None:
    """D21: §5: else whoever stands between turns one cipher into another."""
    for protected in ({"enc": "A128GCM"}, {"enc": "A256GCM"}):
        token = integrated_json(protected, **{part: {"alg": "HPKE-0"}})
        refusal = refusal_of(jwe.decrypt_json, token, INTEGRATED, drafts=DRAFTS)
        assert isinstance(refusal, UnacceptableTokenError)
        assert refusal.code == "unprotected_parameter"
    token = integrated_json({"typ": "x"}, **{part: {"alg": "HPKE-0"}})
    assert refusal_of(jwe.decrypt_json, token, INTEGRATED, drafts=DRAFTS).code == "malformed_header"


def test_a_token_without_enc_is_refused_for_every_other_key() -> None:
    """J11: only an algorithm that settles the cipher, and is allowed, needs none."""
    for header in ({"alg": "A128KW"}, {"alg": "HPKE-3-KE"}, {"alg": "HPKE-8"}, {"alg": "dir"}):
        token = compact.join(integrated_parts(header))
        assert refusal_of(jwe.decrypt, token, INTEGRATED, drafts=DRAFTS).code == "malformed_header"


def test_a_token_for_another_suite_or_mode_is_refused() -> None:
    """D21: the suite is the key's, not the token's; the same point under another name is another key (§10.1)."""
    same_point = {name: value for name, value in INTEGRATED.to_jwk(private=True).items() if name != "alg"}
    token = DRAFT_TOKENS["HPKE-0"][1]
    for alg in ("HPKE-7", "HPKE-0-KE", "ECDH-ES"):
        key = Key.from_jwk(same_point, alg=alg)
        assert refusal_of(jwe.decrypt, token, key, drafts=DRAFTS).code == "algorithm_mismatch"
    renamed = compact.join(integrated_parts({"alg": "HPKE-7"}))
    key = Key.from_jwk(same_point, alg="HPKE-7")
    assert refusal_of(jwe.decrypt, renamed, key, drafts=DRAFTS).code == "decryption_failed"


@every
def test_a_pre_shared_key_is_not_a_mode_of_ours(key: Key, token: str) -> None:
    """D21: "psk_id" makes it another mode of HPKE (§4); it is refused, never read as if it were not there."""
    with pytest.raises(ValueError, match="psk_id"):
        jwe.encrypt(b"", key, header={"psk_id": "AA"}, drafts=DRAFTS)
    header = text_of(header_of(token) | {"psk_id": "AA"}).decode()
    refusal = refusal_of(jwe.decrypt, header + "." + token.partition(".")[2], key, drafts=DRAFTS)

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "unsupported_algorithm"


@pytest.mark.parametrize("part", ["header", "unprotected"])
def test_a_pre_shared_key_is_not_asked_for_outside_either(part: str) -> None:
    """D21: nothing covers it there, so nothing else would refuse it."""
    for key in (INTEGRATED, WRAPPING):
        token = jwe.encrypt_json(b"plaintext", key, drafts=DRAFTS) | {part: {"psk_id": "AA"}}
        assert refusal_of(jwe.decrypt_json, token, key, drafts=DRAFTS).code == "unsupported_algorithm"


@pytest.mark.parametrize("value", [None, 1, "", "A", "AA", base64url.encode(bytes(32))])
def test_an_encapsulated_secret_that_is_none_is_refused(value: Any) -> None:
    """§6: "ek" "MUST be present"; what is no key at all is malformed, the rest does not decrypt."""
    protected, _, rest = DRAFT_TOKENS["HPKE-3-KE"][1].partition(".")
    members = json.loads(base64url.decode(protected)) | {"ek": value}
    if value is None:
        del members["ek"]
    code = refusal_of(jwe.decrypt, text_of(members).decode() + "." + rest, WRAPPING, drafts=DRAFTS).code

    assert code == ("decryption_failed" if value in ("", "AA", "A" * 43) else "malformed_header")


@every
def test_every_failure_to_decrypt_is_the_same(key: Key, token: str) -> None:
    """D21, D09: encapsulated secret, encrypted key, ciphertext, header: one class, one code, one text."""
    parts = compact.split(token)
    secret, ciphertext = parts.encrypted_key, parts.content.ciphertext
    damaged = [
        with_part(token, 1, secret[:-1] + bytes([secret[-1] ^ 1])),
        with_part(token, 1, secret[:-1]),
        with_part(token, 1, b""),
        with_part(token, 3, ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])),
        with_part(token, 3, b""),
        text_of(header_of(token) | {"typ": "x"}).decode() + "." + token.partition(".")[2],
    ]
    refusals = [refusal_of(jwe.decrypt, each, key, drafts=DRAFTS) for each in damaged]

    assert {(type(each).__name__, each.code, str(each), each.detail) for each in refusals} == {
        ("DecryptionError", "decryption_failed", "The token cannot be decrypted.", "")
    }
    assert {each.__cause__ for each in refusals} == {None}


def test_a_sender_does_not_write_what_a_recipient_refuses() -> None:
    """J67, from the other side: "alg" unprotected, "ek" and "psk_id" where nothing covers them."""
    for recipient in (
        jwe.Recipient(INTEGRATED, header={"alg": "HPKE-0"}),
        jwe.Recipient(INTEGRATED, header={"ek": "AA"}),
        jwe.Recipient(WRAPPING, header={"psk_id": "AA"}),
    ):
        with pytest.raises(ValueError):  # noqa: PT011
            jwe.encrypt_json(b"", recipient, drafts=DRAFTS)
    for key, name in ((INTEGRATED, "ek"), (INTEGRATED, "psk_id"), (WRAPPING, "psk_id"), (WRAPPING, "ek")):
        with pytest.raises(ValueError):  # noqa: PT011
            jwe.encrypt_json(b"", key, unprotected={name: "AA"}, drafts=DRAFTS)
    named = jwe.encrypt_json(b"x", jwe.Recipient(INTEGRATED, header={"kid": "h"}), drafts=DRAFTS)
    assert jwe.decrypt_json(named, INTEGRATED, drafts=DRAFTS).plaintext == b"x"


def test_additional_data_are_covered() -> None:
    """D21: §5: the HPKE aad is that of the JWE, protected header and "aad"."""
    assert jwe.decrypt_json(FLATTENED, INTEGRATED, drafts=DRAFTS).aad == b"data"
    for changed in (FLATTENED | {"aad": "AAAA"}, {name: FLATTENED[name] for name in FLATTENED if name != "aad"}):
        assert refusal_of(jwe.decrypt_json, changed, INTEGRATED, drafts=DRAFTS).code == "decryption_failed"


def test_compression_goes_inside() -> None:
    """§7.1, step 12; off unless named here, too."""
    token = jwe.encrypt(b"plaintext" * 50, INTEGRATED, header={"zip": "DEF"}, drafts=DRAFTS)

    assert refusal_of(jwe.decrypt, token, INTEGRATED, drafts=DRAFTS).code == "unsupported_compression"
    assert jwe.decrypt(token, INTEGRATED, drafts=DRAFTS, zips={"DEF"}).plaintext == b"plaintext" * 50


def test_who_may_not_does_not() -> None:
    jwk = {name: value for name, value in INTEGRATED.to_jwk(private=True).items() if name != "use"}
    sender, recipient = (Key.from_jwk(jwk | {"key_ops": [each]}) for each in ("encrypt", "decrypt"))
    token = jwe.encrypt(b"x", sender, drafts=DRAFTS)

    assert jwe.decrypt(token, recipient, drafts=DRAFTS).plaintext == b"x"
    assert refusal_of(jwe.decrypt, token, sender, drafts=DRAFTS).code == "key_operation"
    assert refusal_of(jwe.encrypt, b"x", recipient, drafts=DRAFTS).code == "key_operation"
