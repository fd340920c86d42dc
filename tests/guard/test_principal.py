"""What a route may trust."""

import dataclasses

import pytest

from tokensmith.guard import Principal

ADA = Principal(
    subject="ada",
    client_id=None,
    issuer="https://id.test",
    scopes=frozenset({"notes:read", "notes:write"}),
    claims={"email": "ada@example.test"},
)


def test_it_has_all_or_it_has_not() -> None:
    assert ADA.has("notes:read")
    assert ADA.has("notes:read", "notes:write")
    assert not ADA.has("notes:read", "notes:delete")


def test_it_is_frozen_and_hashable() -> None:
    """What was verified stays what was verified."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        ADA.subject = "eve"  # type: ignore[misc]

    assert hash(ADA) == hash(dataclasses.replace(ADA))


def test_claims_stay_out_of_logs() -> None:
    """They may be personal data."""
    assert "example.test" not in repr(ADA).replace("https://id.test", "")
