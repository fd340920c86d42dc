"""Encrypting to one recipient or several, as a JSON object (RFC 7516 §7.2)."""

import json
from contextlib import nullcontext
from typing import Any

import pytest

from tests.jose.jwe.tokens import AGREES, CHEAP, DIRECT, PASSWORD, RSA, TOKENS, WRAPS
from tokensmith.jose import Key, base64url, jwe
from tokensmith.jose.errors import DecryptionError, KeyMaterialError
from tokensmith.jose.jwe.json_form import MAX_RECIPIENTS

SEVERAL = [WRAPS, AGREES, RSA, PASSWORD, Key.generate("A256GCMKW", kid="g"), Key.generate("ECDH-ES+A256KW", crv="X448")]
ONE_EACH = [key for key, _ in TOKENS.values()]


def protected_of(token: dict[str, Any]) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(base64url.decode(token["protected"]))
    return members


def made(keys: Any, **options: Any) -> Any:
    return jwe.encrypt_json(b"plaintext", keys, **{"enc": "A128CBC-HS256", "header": CHEAP} | options)


@pytest.mark.parametrize("key", ONE_EACH, ids=lambda each: each.alg)
def test_for_one_recipient_the_tag_covers_the_whole_header(key: Key) -> None:
    """RFC 7516 §7.2.2, as in RFC 7520 §5.2–§5.10."""
    for token in (made(key), made([key])):
        header = protected_of(token)

        assert header.items() >= {"alg": key.alg, "kid": key.kid, "enc": "A128CBC-HS256"}.items()
        assert "header" not in token
        assert "unprotected" not in token
    assert "recipients" not in made(key)
    assert [each.keys() <= {"encrypted_key"} for each in made([key])["recipients"]] == [True]


def test_a_key_without_a_name_is_found_without_one() -> None:
    nameless = Key.from_secret(bytes(range(16)), alg="A128KW")
    token = made([nameless, WRAPS])

    assert [each["header"] for each in token["recipients"]] == [{"alg": "A128KW"}, {"alg": "A128KW", "kid": "w"}]
    assert protected_of(made(nameless)).keys() == {"alg", "enc", *CHEAP}
    assert jwe.decrypt_json(token, nameless).plaintext == b"plaintext"


def test_for_several_recipients_what_differs_is_theirs() -> None:
    """RFC 7516 A.4."""
    token = made(SEVERAL)

    assert protected_of(token) == {"enc": "A128CBC-HS256", **CHEAP}
    assert [each["header"]["alg"] for each in token["recipients"]] == [key.alg for key in SEVERAL]
    assert {"epk"} <= token["recipients"][1]["header"].keys()
    assert "p2c" not in token["recipients"][3]["header"], "it is in the protected header already"
    assert made(iter(SEVERAL))["recipients"][0].keys() == {"header", "encrypted_key"}


def test_what_all_have_may_be_protected() -> None:
    """A name stands in one place only."""
    token = made([WRAPS, Key.generate("A128KW", kid="x")], header={"alg": "A128KW"})

    assert protected_of(token)["alg"] == "A128KW"
    assert [each["header"] for each in token["recipients"]] == [{"kid": "w"}, {"kid": "x"}]


def test_data_and_members_that_stay_readable() -> None:
    token = made(WRAPS, aad=b"data", unprotected={"note": {"a": [1]}})

    assert token["aad"] == base64url.encode(b"data")
    assert token["unprotected"] == {"note": {"a": [1]}}
    assert json.loads(json.dumps(token)) == token


def test_the_callers_members_are_copied() -> None:
    """Threat E14."""
    note: dict[str, Any] = {"note": {"a": [1]}}
    token = made(WRAPS, unprotected=note)
    note["note"]["a"].append(2)

    assert token["unprotected"] == {"note": {"a": [1]}}


@pytest.mark.parametrize("key", [DIRECT, Key.generate("ECDH-ES")], ids=lambda each: each.alg)
def test_a_direct_algorithm_has_one_recipient(key: Key) -> None:
    """Threat D14."""
    assert "encrypted_key" not in made(key)
    with pytest.raises(ValueError, match="one recipient only"):
        made([WRAPS, key])


@pytest.mark.parametrize(("count", "passes"), [(0, False), (1, True), (100, True), (101, False)])
def test_there_is_one_recipient_at_least_and_100_at_most(count: int, passes: bool) -> None:
    """Threat D19."""
    keys = [WRAPS] * count
    if passes:
        assert len(made(keys)["recipients"]) == count
        return
    with pytest.raises(ValueError, match=f"1 to {MAX_RECIPIENTS}"):
        made(keys)


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"unprotected": {"enc": "A128CBC-HS256"}}, WRAPS),
        ({"unprotected": {"alg": "A128KW"}}, WRAPS),
        ({"unprotected": {"kid": "w"}}, [WRAPS, RSA]),
        ({"unprotected": {"zip": "DEF"}}, WRAPS),
        ({"unprotected": {"crit": ["x"], "x": 1}}, WRAPS),
        ({"unprotected": {"example": 1}, "header": {"example": 1}}, WRAPS),
        ({"header": {"alg": "A128KW"}}, [WRAPS, RSA]),
        ({"header": {"crit": ["exp"], "exp": 1}}, WRAPS),
        ({"header": {"epk": {}}}, [WRAPS, RSA]),
        ({"header": {"zip": "GZIP"}}, WRAPS),
        ({"enc": "A256KW"}, WRAPS),
        ({"header": {"p2c": True}}, PASSWORD),
    ],
    ids=repr,
)
def test_a_header_that_no_recipient_accepts_is_a_mistake_in_the_program(options: Any, keys: Any) -> None:
    """Threats A09 and C08, from the sender's side."""
    with pytest.raises(ValueError):  # noqa: PT011
        made(keys, **options)


def test_the_unprotected_header_is_json() -> None:
    with pytest.raises(TypeError):
        made(WRAPS, unprotected={"example": b"octets"})


def test_a_key_for_signatures_does_not_encrypt() -> None:
    for keys in (Key.generate("ES256"), [WRAPS, Key.generate("ES256")]):
        with pytest.raises(KeyMaterialError) as refusal:
            made(keys)
        assert refusal.value.code == "key_operation"


def test_all_recipients_get_one_content_key_that_is_new() -> None:
    """Threat D13."""
    first, second = (made([WRAPS, RSA]) for _ in range(2))

    assert first["iv"] != second["iv"]
    assert first["recipients"][0]["encrypted_key"] != second["recipients"][0]["encrypted_key"]


def test_a_recipient_may_have_a_header_of_its_own() -> None:
    """RFC 7516 §7.2.1, "header"; it comes out with what nothing covers."""
    token = made([WRAPS, jwe.Recipient(RSA, header={"note": [1]})])

    assert [each["header"] for each in token["recipients"]] == [
        {"alg": WRAPS.alg, "kid": WRAPS.kid},
        {"alg": RSA.alg, "kid": RSA.kid, "note": [1]},
    ]
    assert jwe.decrypt_json(token, RSA).unprotected["note"] == (1,)
    assert "note" not in jwe.decrypt_json(token, WRAPS).unprotected


def test_the_only_recipient_may_have_one_too() -> None:
    """What is said there is not said twice; the rest stays protected."""
    addressed = jwe.Recipient(WRAPS, header={"kid": WRAPS.kid, "note": 1})
    flattened, general = made(addressed), made([addressed])

    assert flattened["header"] == general["recipients"][0]["header"] == {"kid": WRAPS.kid, "note": 1}
    assert protected_of(flattened) == protected_of(general) == {"alg": WRAPS.alg, "enc": "A128CBC-HS256", **CHEAP}
    assert jwe.decrypt_json(flattened, WRAPS).plaintext == jwe.decrypt_json(general, WRAPS).plaintext == b"plaintext"


def test_parties_go_into_the_agreed_key_of_one_recipient() -> None:
    """RFC 7518 §4.6.1.3: "apv" is the recipient's, so each may have another; and nobody changes it on the way."""
    other = Key.generate("ECDH-ES+A128KW", kid="other")
    parties = [base64url.encode(b"one"), base64url.encode(b"two")]
    recipients = [jwe.Recipient(key, header={"apv": apv}) for key, apv in zip([AGREES, other], parties, strict=True)]
    token = made(recipients)

    assert [each["header"]["apv"] for each in token["recipients"]] == parties
    assert all(jwe.decrypt_json(token, key).plaintext == b"plaintext" for key in (AGREES, other))
    token["recipients"][0]["header"]["apv"] = parties[1]
    with pytest.raises(DecryptionError) as refusal:
        jwe.decrypt_json(token, AGREES)

    assert refusal.value.code == "decryption_failed"


def test_the_cost_of_one_password_may_be_its_own() -> None:
    token = made([WRAPS, jwe.Recipient(PASSWORD, header={"p2c": 1001})], header={})

    assert token["recipients"][1]["header"]["p2c"] == 1001
    assert jwe.decrypt_json(token, PASSWORD).plaintext == b"plaintext"


@pytest.mark.parametrize(
    "header",
    [
        {"enc": "A128CBC-HS256"},
        {"zip": "DEF"},
        {"crit": ["x"], "x": 1},
        {"epk": {}},
        {"kid": "another"},
        {"alg": "RSA-OAEP"},
        {"example": 1},
        {"shared": 1},
    ],
    ids=repr,
)
@pytest.mark.parametrize("several", [False, True])
def test_a_header_of_one_recipient_keeps_the_rules(header: dict[str, Any], several: bool) -> None:
    """RFC 7516 §7.2.1: names "MUST be disjoint"; what says how to read is protected (threat A09)."""
    for members, passes in (({"own": 1}, True), (header, False)):
        recipient = jwe.Recipient(WRAPS, header=members)
        keys = [recipient, RSA] if several else recipient
        with nullcontext() if passes else pytest.raises(ValueError):  # noqa: PT011
            made(keys, header={"example": 1}, unprotected={"shared": 1})


def test_a_header_of_one_recipient_is_json_and_copied() -> None:
    """Threat E14."""
    note: dict[str, Any] = {"note": {"a": [1]}}
    tokens = [made(jwe.Recipient(WRAPS, header=note)), made([RSA, jwe.Recipient(WRAPS, header=note)])]
    note["note"]["a"].append(2)

    assert [tokens[0]["header"]["note"], tokens[1]["recipients"][1]["header"]["note"]] == [{"a": [1]}, {"a": [1]}]
    for keys in (jwe.Recipient(WRAPS, header={"a": b"octets"}), [RSA, jwe.Recipient(WRAPS, header={"a": b"octets"})]):
        with pytest.raises(TypeError):
            made(keys)
