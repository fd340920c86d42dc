"""What a person reads of a payment."""

import pytest

from tests.server.storage.samples import NOTES
from tokensmith.server.domain.authorization_details import Detail, DetailType
from tokensmith.server.domain.resources import Resource
from tokensmith.server.flows.wanted_access import WantedAccess
from tokensmith.server.web.account.detail_lines import detail_lines

BANK = Resource(
    id=NOTES.id,
    audience="https://bank.example",
    scopes=frozenset(),
    client_id=None,
    title="The Bank",
    details={"payment": DetailType(text="Pay somebody")},
)


def test_everything_it_says_is_shown_name_by_name() -> None:
    """RFC 9396 §12: what is not shown is not allowed knowingly."""
    payment: Detail = {
        "type": "payment",
        "actions": ["initiate", "cancel"],
        "amount": {"currency": "EUR", "value": 12.5},
        "urgent": True,
        "note": None,
        "limits": {},
        "banks": [],
        "text": "a\n" * 1000,
    }
    access = WantedAccess(
        scopes={BANK.id: frozenset()}, resources=(BANK,), first=BANK.id, details={BANK.id: (payment,)}
    )
    (line,) = detail_lines(access)

    assert (line.text, line.service) == ("Pay somebody", "The Bank")
    *shown, long = line.members
    assert shown == [
        ("actions", "initiate"),
        ("actions", "cancel"),
        ("amount · currency", "EUR"),
        ("amount · value", "12.5"),
        ("urgent", "✓"),
        ("note", "–"),
        ("limits", "–"),
        ("banks", "–"),
    ]
    assert long == ("text", "a " * 999 + "a")


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x00", "\ue000"])
def test_nothing_in_it_is_unseen_or_turns_the_rest_round(hidden: str) -> None:
    """Otherwise one creditor could look like another."""
    payment: Detail = {"type": "payment", f"to{hidden}": f"Bob{hidden}ecilA"}
    access = WantedAccess(
        scopes={BANK.id: frozenset()}, resources=(BANK,), first=BANK.id, details={BANK.id: (payment,)}
    )
    (line,) = detail_lines(access)

    assert line.members == (("to\ufffd", "Bob\ufffdecilA"),)


def test_without_details_there_is_nothing() -> None:
    access = WantedAccess(scopes={BANK.id: frozenset({"a"})}, resources=(BANK,), first=BANK.id)

    assert list(detail_lines(access)) == []
