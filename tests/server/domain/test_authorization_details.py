"""What is asked for beyond scopes."""

import json
from contextlib import nullcontext
from typing import Any

import pytest

from tokensmith.server.domain.authorization_details import (
    MAX_CHARACTERS,
    MAX_DETAILS,
    DetailType,
    InvalidAuthorizationDetailsError,
    check_detail,
    narrowed_details,
    parse_details,
    written_details,
)

PAYMENT = {"type": "payment", "actions": ["initiate"], "amount": {"currency": "EUR", "value": "123.50"}}
KIND = DetailType(text="Pay", members=("amount",))


def test_what_is_sent_is_what_is_kept() -> None:
    details = parse_details(json.dumps([PAYMENT]))

    assert details == (PAYMENT,)
    assert parse_details(written_details(details)) == details
    assert parse_details(None) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{}",
        "[]",
        "[1]",
        "[{}]",
        '[{"type": 1}]',
        '[{"type": "a", "type": "b"}]',
        json.dumps([{"type": "a"}] * (MAX_DETAILS + 1)),
        json.dumps([{"type": "a" * MAX_CHARACTERS}]),
    ],
)
def test_what_is_no_array_of_typed_objects_is_refused(text: str) -> None:
    """RFC 9396 §2, §5; of a member that stands twice, nobody knows which one counts."""
    with pytest.raises(InvalidAuthorizationDetailsError) as caught:
        parse_details(text)

    assert caught.value.code == "details_malformed"


def test_as_many_as_may_be_are_taken() -> None:
    assert len(parse_details(json.dumps([{"type": "a"}] * MAX_DETAILS))) == MAX_DETAILS


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, ""),
        ({"locations": ["https://a.example"], "datatypes": [], "privileges": ["p"], "identifier": "i"}, ""),
        ({"amount": 1}, ""),
        ({"amount": 1, "creditor": "m"}, "details_member"),
        ({"actions": "initiate"}, "details_malformed"),
        ({"locations": [1]}, "details_malformed"),
        ({"identifier": 1}, "details_malformed"),
    ],
)
def test_a_type_has_its_members_and_no_others(members: dict[str, Any], code: str) -> None:
    """RFC 9396 §2.2, §5: unknown fields are an error."""
    with pytest.raises(InvalidAuthorizationDetailsError) if code else nullcontext() as caught:
        check_detail({"type": "payment", **members}, KIND)

    assert (caught.value.code if caught else "") == code


def test_a_token_may_have_fewer_and_never_others() -> None:
    """RFC 9396 §6: as they stand; one that is a little smaller is another one."""
    other = {"type": "payment", "amount": 1}
    granted = (PAYMENT, other)

    assert narrowed_details((), granted=granted) == granted
    assert narrowed_details((other,), granted=granted) == (other,)
    with pytest.raises(InvalidAuthorizationDetailsError) as caught:
        narrowed_details(({"type": "payment", "amount": 2},), granted=granted)
    assert caught.value.code == "details_wider"
