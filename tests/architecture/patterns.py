"""Regular expressions of the source, and which of them a chosen text could keep busy."""

import ast
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # there is no public way to see a pattern's parts
from typing import Any

_COMPILERS = frozenset({"compile", "fullmatch", "match", "search", "sub", "split", "findall", "finditer"})
_REPEATS = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT})


def patterns(text: str) -> Iterator[str | bytes]:
    """Find the patterns a module hands to `re`."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "re"
            and node.func.attr in _COMPILERS
        ):
            yield ast.literal_eval(node.args[0])


def can_explode(pattern: str | bytes) -> bool:
    """Tell whether a repeat stands inside an endless one: then a text can be parted between them in too many ways."""
    return _repeats_inside(_parser.parse(pattern))


def _repeats_inside(parsed: Any, *, endless: bool = False) -> bool:
    for operator, argument in parsed:
        if operator in _REPEATS:
            _least, most, body = argument
            if endless and most > 1:
                return True
            if _repeats_inside(body, endless=endless or most is _constants.MAXREPEAT):
                return True
        elif any(_repeats_inside(each, endless=endless) for each in _bodies(argument)):
            return True
    return False


def _bodies(argument: Any) -> Iterator[Any]:
    """Find the parts of groups and alternatives, wherever the parser keeps them."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for each in argument:
            yield from _bodies(each)
