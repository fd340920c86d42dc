"""What differs between what is stored and what a file says, member by member."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.jose.strict_json import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDifference:
    """A member that is to have another value; None is one that has none."""

    member: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A table that is not stored as it stands in the file; a new one names what differs from the defaults."""

    table: str
    is_new: bool
    members: tuple[MemberDifference, ...]


def difference(
    table: str, before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], *, is_new: bool
) -> Difference | None:
    """Compare two descriptions; a member that is missing from one has no value there."""
    members = tuple(
        MemberDifference(member=name, before=before.get(name), after=after.get(name))
        for name in dict.fromkeys((*after, *before))
        if before.get(name) != after.get(name)
    )
    return Difference(table=table, is_new=is_new, members=members) if members or is_new else None
