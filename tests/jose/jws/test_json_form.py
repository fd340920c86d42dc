"""The JSON serializations: one form at a time, and members nobody knows are ignored."""

import json
from typing import Any

import pytest

from tokensmith.jose import jws
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jws.json_form import join, split
from tokensmith.jose.limits import Limits

ONE: dict[str, Any] = {"protected": "e30", "header": {"kid": "k"}, "signature": "AAA"}
FLATTENED: dict[str, Any] = {"payload": "eA", **ONE}
GENERAL: dict[str, Any] = {"payload": "eA", "signatures": [ONE, {"protected": "e30", "signature": ""}]}


def code_of(source: Any, *, limits: Limits | None = None) -> str:
    with pytest.raises(MalformedTokenError) as caught:
        split(source, limits=limits or Limits())
    return caught.value.code


@pytest.mark.parametrize("spell", [dict, json.dumps, lambda members: json.dumps(members).encode()])
def test_a_flattened_object_is_taken_apart(spell: Any) -> None:
    """RFC 7515 §7.2.2; as an object or as its text."""
    parts = split(spell(FLATTENED))

    assert parts.payload_text == b"eA"
    assert [(each.protected_text, each.unprotected, each.signature) for each in parts.signatures] == [
        (b"e30", {"kid": "k"}, b"\0\0")
    ]


def test_a_general_object_is_taken_apart() -> None:
    """RFC 7515 §7.2.1."""
    parts = split(GENERAL)

    assert [(each.unprotected, each.signature) for each in parts.signatures] == [({"kid": "k"}, b"\0\0"), ({}, b"")]


@pytest.mark.parametrize(("token", "flattened"), [(FLATTENED, True), (GENERAL, False)])
def test_putting_together_is_the_way_back(token: dict[str, object], flattened: bool) -> None:
    parts = split(token)

    assert join("eA", signatures=parts.signatures, flattened=flattened) == token


def test_empty_members_are_left_out() -> None:
    """RFC 7515 §7.2.1: otherwise "it MUST be absent"."""
    parts = split({"signature": "AAA"})

    assert (parts.payload_text, parts.signatures[0].protected_text) == (None, b"")
    assert join(None, signatures=parts.signatures, flattened=True) == {"signature": "AAA"}


def test_members_nobody_knows_are_ignored() -> None:
    """C02: RFC 7515 §7.2.1, on both levels: "MUST be ignored"."""
    assert split({**FLATTENED, "x": {"y": 1}, "recipients": []}) == split(FLATTENED)
    assert split({**GENERAL, "x": 1, "signatures": [{**ONE, "x": 1, "signatures": 2}]}) == split(
        {"payload": "eA", "signatures": [ONE]}
    )


@pytest.mark.parametrize("name", ["protected", "header", "signature"])
def test_both_forms_at_once_are_none(name: str) -> None:
    """E03: RFC 7515 §7.2.2; one reader would take the one signature, another reader the other."""
    assert code_of({**GENERAL, name: FLATTENED[name]}) == "malformed"


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": None},
        {"payload": 1},
        {"payload": {"a": 1}},
        {"protected": None},
        {"protected": {"alg": "HS256"}},
        {"header": None},
        {"header": "e30"},
        {"header": []},
        {"signature": None},
        {"signature": ["AAA"]},
    ],
)
def test_a_member_of_the_wrong_type_is_refused(changes: dict[str, object]) -> None:
    assert code_of({**FLATTENED, **changes}) == "malformed"


@pytest.mark.parametrize("signatures", [[], {}, None, "AAA", ONE, [None], ["AAA"], [[ONE]], [ONE, 1]])
def test_signatures_are_a_list_of_objects_and_not_empty(signatures: object) -> None:
    """B09: nobody has signed what has an empty list of signatures, however many of them hold."""
    assert code_of({"payload": "eA", "signatures": signatures}) == "malformed"


def test_there_is_always_a_signature() -> None:
    """E04: an encrypted object has none, whatever else it says (RFC 7516 §7.2)."""
    assert code_of({"payload": "eA", "protected": "e30"}) == "malformed"
    assert code_of({"protected": "e30", "iv": "AA", "ciphertext": "AA", "tag": "AA"}) == "malformed"


@pytest.mark.parametrize("changes", [{"signature": "AA="}, {"signature": "A"}, {"signature": "AB"}, {"signature": "é"}])
def test_a_signature_is_canonical_base64url(changes: dict[str, object]) -> None:
    assert code_of({**FLATTENED, **changes}) == "base64url"


def test_the_number_of_signatures_has_a_ceiling() -> None:
    """B09: each costs a computation, and the sender pays nothing."""
    limits = Limits(max_signatures=2)

    assert len(split({"payload": "", "signatures": [ONE] * 16}).signatures) == 16
    assert code_of({"payload": "", "signatures": [ONE] * 17}) == "too_many_signatures"
    assert len(split(GENERAL, limits=limits).signatures) == 2
    assert code_of({"payload": "", "signatures": [ONE] * 3}, limits=limits) == "too_many_signatures"


def test_text_is_read_strictly() -> None:
    """E02, E06: two signatures under one name are two signatures to two readers."""
    assert code_of('{"payload":"","signature":"AAA","signature":"AAB"}') == "duplicate_member"
    assert code_of(json.dumps(FLATTENED), limits=Limits(max_token_bytes=20)) == "too_large"
    assert code_of("") == "json"


@pytest.mark.parametrize("source", ["e30.e30.AAA", b"e30..AAA", "[]", "null"])
def test_a_compact_token_is_no_object(source: str | bytes) -> None:
    """E03, E04: the caller says which form it is; no text is both."""
    assert code_of(source) in {"json", "not_an_object"}


@pytest.mark.parametrize("source", [None, 1, [ONE], bytearray(b"{}")])
def test_other_types_are_the_callers_mistake(source: Any) -> None:
    with pytest.raises(TypeError, match="mapping"):
        jws.verify_json(source, None)  # type: ignore[arg-type]
