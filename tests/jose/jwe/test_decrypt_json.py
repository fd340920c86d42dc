"""Decrypting a JWE in JSON, for whichever recipient we are (RFC 7516 §5.2, §7.2)."""

import json
from typing import Any

import pytest

from tests.jose.jwe.tokens import AGREES, CHEAP, DIRECT, PASSWORD, RSA, WRAPS, direct_json, good_header, text_of
from tokensmith.jose import JoseError, Key, KeySet, jwe
from tokensmith.jose.errors import DecryptionError, MalformedTokenError, UnknownKeyError
from tokensmith.jose.header import Header
from tokensmith.jose.jwe.decrypt_json import MAX_ATTEMPTS

ALL = [WRAPS, AGREES, RSA, PASSWORD]
GENERAL: Any = jwe.encrypt_json(b"plaintext", ALL, header=CHEAP, aad=b"data", unprotected={"note": 1})
FLATTENED: Any = jwe.encrypt_json(b"plaintext", WRAPS, aad=b"data", unprotected={"note": 1})


def refusal_of(token: Any, keys: Any, **options: Any) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        jwe.decrypt_json(token, keys, **options)
    return refusal.value


@pytest.mark.parametrize("key", ALL, ids=lambda each: each.alg)
def test_every_recipient_decrypts_with_its_own_key(key: Key) -> None:
    for keys in (key, KeySet([key]), KeySet([key, DIRECT, Key.generate("ES256")])):
        for token in (GENERAL, json.dumps(GENERAL), json.dumps(GENERAL).encode()):
            decrypted = jwe.decrypt_json(token, keys)

            assert (decrypted.plaintext, decrypted.aad, decrypted.key) == (b"plaintext", b"data", key)


def test_what_is_covered_is_kept_apart() -> None:
    """A caller who believes a member should have to know whether anything protects it."""
    decrypted = jwe.decrypt_json(GENERAL, WRAPS)

    assert decrypted.header == {"enc": "A256GCM", **CHEAP}
    assert decrypted.unprotected == {"alg": "A128KW", "kid": "w", "note": 1}
    assert jwe.decrypt_json(FLATTENED, WRAPS).header.alg == "A128KW"


def test_a_callable_is_asked_for_each_recipient() -> None:
    def choose(header: Header) -> Key:
        return RSA if header.alg == "RSA-OAEP" else WRAPS

    assert jwe.decrypt_json(GENERAL, choose).key is WRAPS
    assert jwe.decrypt_json(GENERAL | {"recipients": GENERAL["recipients"][1:]}, choose).key is RSA


@pytest.mark.parametrize("name", ["aad", "iv", "ciphertext", "tag", "protected"])
def test_what_the_tag_covers_does_not_change(name: str) -> None:
    """RFC 7516 §5.2, step 16."""
    changed = {"protected": text_of({"enc": "A256GCM", "x": 1, **CHEAP}).decode()}.get(name, "AAAA")

    assert refusal_of(GENERAL | {name: changed}, WRAPS).code == "decryption_failed"
    if name == "aad":
        without = {member: value for member, value in GENERAL.items() if member != name}
        assert refusal_of(without, WRAPS).code == "decryption_failed"


def test_nobody_added_to_the_recipients_gets_in_between() -> None:
    """The others are found as before; a key that does not match leads on to the next."""
    stranger: Any = jwe.encrypt_json(b"other", [WRAPS, RSA])["recipients"]
    crowd = GENERAL | {"recipients": [*stranger, *GENERAL["recipients"]]}

    assert jwe.decrypt_json(crowd, WRAPS).plaintext == b"plaintext"
    refusal = refusal_of(GENERAL | {"recipients": stranger}, WRAPS)
    assert isinstance(refusal, DecryptionError)
    assert str(refusal) == "The token cannot be decrypted."


def test_a_token_for_others_is_not_for_us() -> None:
    for keys in (Key.generate("A256KW"), KeySet([DIRECT]), KeySet([])):
        assert isinstance(refusal_of(GENERAL, keys), UnknownKeyError)


def test_of_one_recipient_the_refusal_is_the_one_of_its_key() -> None:
    assert refusal_of(FLATTENED, RSA).code == "algorithm_mismatch"
    assert refusal_of(FLATTENED, Key.generate("A128KW", kid="x")).code == "unknown_key"


@pytest.mark.parametrize("alg", ["dir", "ECDH-ES"])
def test_a_direct_algorithm_has_one_recipient(alg: str) -> None:
    """Threat D14, whichever of them is ours."""
    recipients = [*GENERAL["recipients"], {"header": {"alg": alg}}]

    for keys in (WRAPS, DIRECT):
        assert refusal_of(GENERAL | {"recipients": recipients}, keys).code == "several_recipients"
    token = direct_json({"enc": "A128CBC-HS256"}, recipients=[{"header": {"alg": "dir"}}] * 2)
    assert refusal_of(token, DIRECT).code == "several_recipients"
    assert jwe.decrypt_json(token | {"recipients": token["recipients"][:1]}, DIRECT).plaintext == b"plaintext"


def test_a_direct_key_is_not_sent() -> None:
    """Threat D14."""
    assert refusal_of(direct_json(good_header(), encrypted_key="AA"), DIRECT).code == "unexpected_encrypted_key"


def test_the_kid_is_looked_at_before_anything_is_unwrapped() -> None:
    """Threat D19: of 100 recipients one is tried; the 99 others would each cost a private-key operation."""
    token: Any = jwe.encrypt_json(b"x", [*[Key.generate("A128KW") for _ in range(99)], WRAPS])

    assert jwe.decrypt_json(token, WRAPS).plaintext == b"x"
    assert jwe.decrypt_json(token, KeySet([WRAPS])).plaintext == b"x"


@pytest.mark.parametrize(("count", "passes"), [(MAX_ATTEMPTS, True), (MAX_ATTEMPTS + 1, False)])
def test_no_more_recipients_are_tried_than_a_few(count: int, passes: bool) -> None:
    """Threat D19, where no kid helps."""
    keys = [*[Key.generate("A128KW", kid="w") for _ in range(count - 1)], WRAPS]
    token: Any = jwe.encrypt_json(b"x", keys)
    if passes:
        assert jwe.decrypt_json(token, WRAPS).plaintext == b"x"
        return

    refusal = refusal_of(token, WRAPS)
    assert isinstance(refusal, MalformedTokenError)
    assert refusal.code == "too_many_attempts"


@pytest.mark.parametrize("counts", [(600_000, 600_001), (1, 1_200_000), (10**30, 1000)])
def test_passwords_are_hashed_so_often_in_all(counts: tuple[int, ...]) -> None:
    """Threat D03: the ceiling is one for all recipients, and looked at before anything is hashed."""
    said = {"alg": PASSWORD.alg, "p2s": "A" * 22}
    recipients = [{"encrypted_key": "A" * 54, "header": said | {"p2c": count}} for count in counts]
    token = direct_json({"enc": "A128CBC-HS256"}, recipients=recipients)

    assert refusal_of(token, PASSWORD).code in {"too_many_attempts", "json"}


def test_passwords_within_the_ceiling_are_tried_one_after_the_other() -> None:
    other = Key.from_password("another battery staple", alg=PASSWORD.alg, kid="p")
    token: Any = jwe.encrypt_json(b"x", [other, PASSWORD, WRAPS], header=CHEAP)

    assert jwe.decrypt_json(token, PASSWORD).plaintext == b"x"
    assert jwe.decrypt_json(token, WRAPS).plaintext == b"x"


@pytest.mark.parametrize("count", [None, "1000", [], 1e3, True])
def test_a_number_of_iterations_that_is_none_is_refused(count: Any) -> None:
    """Threat D04: it counts for nothing in the sum, and does not get further."""
    said = {"alg": PASSWORD.alg, "p2s": "A" * 22, "p2c": count}
    token = direct_json({"enc": "A128CBC-HS256"}, encrypted_key="A" * 54, header=said)

    assert refusal_of(token, PASSWORD).code == "malformed_header"


def test_compression_is_off_unless_named() -> None:
    """Threats D05 and D07."""
    token = jwe.encrypt_json(b"plaintext" * 50, WRAPS, header={"zip": "DEF"})

    assert refusal_of(token, WRAPS).code == "unsupported_compression"
    assert jwe.decrypt_json(token, WRAPS, zips={"DEF"}).plaintext == b"plaintext" * 50


def test_the_caller_names_the_content_encryptions() -> None:
    assert refusal_of(FLATTENED, WRAPS, encs={"A128GCM"}).code == "unsupported_algorithm"


def test_a_compact_token_is_none_in_json_and_the_other_way_round() -> None:
    """Threats E03 and E04."""
    assert refusal_of(jwe.encrypt(b"x", WRAPS), WRAPS).code == "json"
    with pytest.raises(MalformedTokenError):
        jwe.decrypt(json.dumps(FLATTENED), WRAPS)
