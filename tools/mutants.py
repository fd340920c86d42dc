"""Mutants of one source file: each is the file with one small change that a test ought to notice.

What is changed: a condition is taken for false or turned round, a comparison moved by one or reversed, `and` and `or`
exchanged, a constant changed, a result dropped, an arithmetical sign exchanged. What is not: types, documentation and
the words of an error, which no program reads.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

_SWAPPED: Final[Mapping[type[ast.AST], type[ast.AST]]] = MappingProxyType(
    {
        ast.Lt: ast.LtE,
        ast.LtE: ast.Lt,
        ast.Gt: ast.GtE,
        ast.GtE: ast.Gt,
        ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq,
        ast.In: ast.NotIn,
        ast.NotIn: ast.In,
        ast.Is: ast.IsNot,
        ast.IsNot: ast.Is,
        ast.And: ast.Or,
        ast.Or: ast.And,
        ast.Add: ast.Sub,
        ast.Sub: ast.Add,
        ast.Mult: ast.FloorDiv,
        ast.FloorDiv: ast.Mult,
        ast.BitAnd: ast.BitOr,
        ast.BitOr: ast.BitAnd,
        ast.LShift: ast.RShift,
        ast.RShift: ast.LShift,
    }
)
_FOR_READERS: Final = frozenset({"annotation", "returns", "type_params"})
_FOR_PYTHON: Final = frozenset({"__slots__", "__all__", "TypeVar", "TypeAlias"})

_Change = Callable[[Any], None]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change: where, what, and the whole file with it."""

    line: int
    what: str
    text: str


def mutants_of(source: str) -> Iterator[Mutant]:
    """Make every mutant of a module, from its first line to its last."""
    tree = ast.parse(source)
    places = sorted(_code(tree), key=lambda node: (node.lineno, node.col_offset))
    for number, node in enumerate(places):
        node.place = number
    for number, node in enumerate(places):
        for what, change in _changes(node):
            changed = copy.deepcopy(tree)
            change(next(each for each in ast.walk(changed) if getattr(each, "place", None) == number))
            yield Mutant(line=node.lineno, what=what, text=ast.unparse(changed))


def _code(node: ast.AST) -> Iterator[Any]:
    """Find what a program does something with, below *node*."""
    for field, value in ast.iter_fields(node):
        if field in _FOR_READERS:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_for_readers(child):
                if isinstance(child, ast.expr | ast.stmt):
                    yield child
                yield from _code(child)


def _is_for_readers(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in _FOR_PYTHON or "TypeAlias" in ast.unparse(getattr(node, "annotation", ast.Constant("")))
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.keyword(arg="detail" | "gc"):
            # The one is for the log, the other for speed alone.
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _FOR_PYTHON
    return False


def _changes(node: ast.AST) -> Iterator[tuple[str, _Change]]:
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            yield f"{_short(node.test)} → False", lambda it: setattr(it, "test", ast.Constant(value=False))
        case ast.Compare():
            for place, sign in enumerate(node.ops):
                if type(sign) in _SWAPPED:
                    yield f"{_short(node)}: {_name(sign)} → {_name(_swapped(sign))}", _swap_comparison(place)
        case ast.BoolOp() | ast.BinOp() | ast.AugAssign():
            if type(node.op) in _SWAPPED:
                what = f"{_short(node)}: {_name(node.op)} → {_name(_swapped(node.op))}"
                yield what, lambda it: setattr(it, "op", _swapped(it.op))
        case ast.UnaryOp(op=ast.Not()):
            yield f"{_short(node)}: not → nothing", _without_not
        case ast.Return(value=ast.expr()) if not _is_nothing(node.value):
            yield f"{_short(node)} → return None", lambda it: setattr(it, "value", ast.Constant(value=None))
        case ast.Constant():
            yield from _other_constants(node)


def _is_nothing(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _other_constants(node: ast.Constant) -> Iterator[tuple[str, _Change]]:
    match node.value:
        case bool() as value:
            other: object = not value
        case int() as value:
            other = value + 1
        case str() as value if " " not in value:
            # Words with a space between them are for people: an error's text.
            other = value + "X"
        case bytes() as value:
            other = value + b"X"
        case _:
            return
    yield f"{node.value!r} → {other!r}", lambda it: setattr(it, "value", other)


def _swap_comparison(place: int) -> _Change:
    def change(node: ast.Compare) -> None:
        node.ops[place] = _swapped(node.ops[place])

    return change


def _without_not(node: ast.UnaryOp) -> None:
    # `bool(x)` where `not x` was: what is asked for is a truth value.
    node.op = ast.Not()
    node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)


def _swapped(sign: ast.AST) -> Any:
    return _SWAPPED[type(sign)]()


def _name(sign: ast.AST) -> str:
    return type(sign).__name__


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).partition("\n")[0]
    return text if len(text) <= 70 else text[:67] + "…"
