"""A JSON object and its parts (RFC 7516 §7.2)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwa.content_encryption import EncryptedContent
from tokensmith.jose.jwe.json_form import JsonParts, RecipientParts, covered_octets, parse, serialise
from tokensmith.jose.limits import Limits

GENERAL, FLATTENED = (each["json"] for each in load("rfc7516-examples.json")[3:])
octets = st.binary(max_size=20)
headers = st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(0, 9), max_size=3)
recipients = st.builds(RecipientParts, header=headers, encrypted_key=octets)


def code_of(source: Any, **options: Any) -> str:
    with pytest.raises(MalformedTokenError) as refusal:
        parse(source, **options)
    return refusal.value.code


@pytest.mark.parametrize("example", [GENERAL, FLATTENED], ids=["A.4", "A.5"])
def test_the_examples_of_the_standard_come_out_as_they_went_in(example: dict[str, Any]) -> None:
    """RFC 7516 A.4.7 and A.5; as an object, as text, as bytes."""
    for source in (example, json.dumps(example), json.dumps(example).encode()):
        assert serialise(parse(source)) == example
    assert parse(example).is_flattened is ("recipients" not in example)


@st.composite
def any_parts(draw: st.DrawFn) -> JsonParts:
    entries = tuple(draw(st.lists(recipients, min_size=1, max_size=3)))
    protected, aad = (draw(octets.map(base64url.encode_bytes)) for _ in range(2))
    return JsonParts(
        protected_text=protected,
        unprotected=draw(headers),
        aad_text=aad,
        content=EncryptedContent(iv=draw(octets), ciphertext=draw(octets), tag=draw(octets)),
        recipients=entries,
        is_flattened=len(entries) == 1 and draw(st.booleans()),
    )


@given(any_parts())
def test_what_is_serialised_is_parsed(parts: JsonParts) -> None:
    assert parse(serialise(parts)) == parts
    assert parse(json.dumps(serialise(parts))) == parts


def test_the_tag_covers_header_and_data() -> None:
    """RFC 7516 §5.1, step 14: a full stop only where there are data."""
    assert covered_octets(b"e30", b"") == b"e30"
    assert covered_octets(b"e30", b"AA") == b"e30.AA"
    assert covered_octets(b"", b"AA") == b".AA"
    assert parse(FLATTENED | {"aad": "AA"}).covered == FLATTENED["protected"].encode() + b".AA"


@pytest.mark.parametrize("name", ["protected", "iv", "aad", "tag", "encrypted_key", "ciphertext"])
@pytest.mark.parametrize("value", [None, 1, True, [], {}], ids=repr)
def test_a_text_is_a_string(name: str, value: Any) -> None:
    assert code_of(FLATTENED | {name: value}) == "malformed"


@pytest.mark.parametrize("name", ["iv", "tag", "encrypted_key", "ciphertext"])
@pytest.mark.parametrize("value", ["A", "AB", "AA==", "A+AA", "A AA", "é"])
def test_a_text_is_base64url(name: str, value: str) -> None:
    assert code_of(FLATTENED | {name: value}) == "base64url"


@pytest.mark.parametrize("name", ["protected", "aad"])
def test_a_text_that_is_covered_is_ascii(name: str) -> None:
    assert code_of(FLATTENED | {name: "é"}) == "base64url"


@pytest.mark.parametrize("name", ["protected", "iv", "aad", "tag"])
def test_what_is_empty_is_absent(name: str) -> None:
    """RFC 7516 §7.2.1: "otherwise, it MUST be absent"."""
    assert code_of(FLATTENED | {name: ""}) == "malformed"


def test_an_empty_key_is_none() -> None:
    """A peer writes it where no key is sent: joserfc."""
    without = {name: value for name, value in FLATTENED.items() if name != "encrypted_key"}

    assert parse(without | {"encrypted_key": ""}) == parse(without)


@pytest.mark.parametrize("name", ["unprotected", "header"])
@pytest.mark.parametrize("value", [None, "{}", [], 1, {}], ids=repr)
def test_a_piece_of_the_header_is_an_object_with_members(name: str, value: Any) -> None:
    assert code_of(FLATTENED | {name: value}) == "malformed"


def test_a_ciphertext_is_always_there_and_may_be_empty() -> None:
    """RFC 7516 §7.2.1."""
    without = {name: value for name, value in FLATTENED.items() if name != "ciphertext"}

    assert code_of(without) == "malformed"
    assert parse(without | {"ciphertext": ""}).content.ciphertext == b""


@pytest.mark.parametrize("value", [None, {}, [], "", [None], [[]], ["x"], [{}, 1]], ids=repr)
def test_recipients_are_objects_and_one_at_least(value: Any) -> None:
    assert code_of(GENERAL | {"recipients": value}) == "malformed"


@pytest.mark.parametrize("members", [{"header": {"alg": "dir"}}, {"encrypted_key": "AA"}])
def test_an_object_is_of_one_form(members: dict[str, Any]) -> None:
    """RFC 7516 §7.2.2: "recipients" "MUST NOT be present when using this syntax"."""
    assert code_of(GENERAL | members) == "malformed"


@pytest.mark.parametrize(("count", "passes"), [(1, True), (100, True), (101, False)])
def test_there_are_100_recipients_at_most(count: int, passes: bool) -> None:
    """Threat D19."""
    token = GENERAL | {"recipients": [{}] * count}
    if passes:
        assert len(parse(token).recipients) == count
        return

    assert code_of(token) == "too_many_recipients"


def test_unknown_members_are_ignored() -> None:
    """RFC 7516 §7.2.1: "Additional members can be present"."""
    assert parse(FLATTENED | {"more": 1}) == parse(FLATTENED)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "json"),
        ("\ud800", "json"),
        ("[]", "not_an_object"),
        ('{"ciphertext":"","ciphertext":""}', "duplicate_member"),
        ({"ciphertext": "\ud800"}, "json"),
        ({"ciphertext": float("nan")}, "json"),
        ("eyJhbGciOiJkaXIifQ....", "json"),
        ({"ciphertext": "A" * 70_000}, "too_large"),
    ],
    ids=lambda each: ascii(each)[:40],
)
def test_the_object_is_strict_json(source: Any, code: str) -> None:
    """Threats E02 and E03; an object that was read elsewhere keeps the same rules."""
    assert code_of(source) == code


def test_limits_are_the_callers() -> None:
    assert parse({"ciphertext": "A" * 70_000}, limits=Limits(max_token_bytes=100_000)).content.ciphertext


@pytest.mark.parametrize("source", [None, 1, ["x"], {"ciphertext": b"octets"}], ids=repr)
def test_misuse_is_a_type_error(source: Any) -> None:
    with pytest.raises(TypeError):
        parse(source)
