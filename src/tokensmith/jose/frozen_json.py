"""JSON values that nobody can change, so that what was verified stays what was verified.

A mapping that merely hides its setter is not enough: a list inside it would still grow.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Never, Self, TypeVar

from tokensmith.jose.strict_json import JsonValue

_CONTAINERS: Final = frozenset({dict, list})
_new: Final = object.__new__


class FrozenObject(Mapping[str, JsonValue]):
    """A JSON object, read-only at every depth: arrays in it are tuples, objects read-only mappings.

    What is inside freezes when it is asked for, since most tokens are verified more often than looked into.
    """

    __slots__ = ("_members",)

    _members: dict[str, JsonValue]

    def __init__(self, members: Mapping[str, JsonValue]) -> None:
        _adopt_members(self, thaw(members))

    def to_dict(self) -> dict[str, Any]:
        """Copy everything into dicts and lists of the caller's own."""
        copied: dict[str, Any] = thaw(self._members)
        return copied

    def __getitem__(self, name: str) -> JsonValue:
        item = self._members[name]
        return freeze(item) if type(item) in _CONTAINERS else item

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


_adopt_members: Final[Callable[[FrozenObject, dict[str, JsonValue]], None]] = FrozenObject.__dict__["_members"].__set__
_FrozenT = TypeVar("_FrozenT", bound=FrozenObject)


def adopt(kind: type[_FrozenT], members: dict[str, JsonValue]) -> _FrozenT:
    """Make a frozen object of the result of a parser, without a copy; the caller keeps no reference to it."""
    adopted = _new(kind)
    _adopt_members(adopted, members)
    return adopted


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
