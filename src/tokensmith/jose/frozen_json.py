"""JSON values that nobody can change, so that what was verified stays what was verified.

A mapping that merely hides its setter is not enough: a list inside it would still grow.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Never, Self

from tokensmith.jose.strict_json import JsonValue

_CONTAINERS: Final = frozenset({dict, list})
_set: Final = object.__setattr__


class FrozenObject(Mapping[str, JsonValue]):
    """A JSON object, read-only at every depth: arrays in it are tuples, objects read-only mappings."""

    __slots__ = ("_members",)

    _members: dict[str, JsonValue]

    def __init__(self, members: Mapping[str, JsonValue]) -> None:
        _set(self, "_members", {name: freeze(item) for name, item in members.items()})

    @classmethod
    def adopt(cls, members: dict[str, JsonValue]) -> Self:
        """Take over the result of a parser, without a copy; the caller keeps no reference to it."""
        for name, item in members.items():
            if type(item) in _CONTAINERS:
                members[name] = freeze(item)
        adopted = cls.__new__(cls)
        _set(adopted, "_members", members)
        return adopted

    def to_dict(self) -> dict[str, Any]:
        """Copy everything into dicts and lists of the caller's own."""
        return {name: thaw(item) for name, item in self._members.items()}

    def __getitem__(self, name: str) -> JsonValue:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.to_dict()!r})"

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"{type(self).__name__} is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"{type(self).__name__} is frozen.")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Any]]]:
        return type(self), (self.to_dict(),)


def freeze(value: JsonValue) -> JsonValue:
    """Copy a JSON value so that nothing in it can change."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: freeze(item) for name, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: JsonValue) -> Any:
    """Copy a JSON value into dicts and lists: the way back from `freeze`."""
    if isinstance(value, Mapping):
        return {name: thaw(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value
