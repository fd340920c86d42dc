"""The options of PyJWT's `decode`, each of a known name and type.

PyJWT looks its options up one by one, so a misspelt name or a "false" in quotes silently changes what is checked. Here
both are a `TypeError`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict


class Options(TypedDict, total=False):
    """What `decode` and `decode_complete` take as *options*; defaults are in `Checks`."""

    verify_signature: bool
    verify_exp: bool
    verify_nbf: bool
    verify_iat: bool
    verify_aud: bool
    verify_iss: bool
    verify_sub: bool
    verify_jti: bool
    require: list[str]
    strict_aud: bool
    enforce_minimum_key_length: bool
    """Taken for the sake of programs that set it; short keys are refused whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What is checked of one token. Without the signature nothing else is, unless it is asked for by name."""

    verify_signature: bool = True
    verify_exp: bool = True
    verify_nbf: bool = True
    verify_iat: bool = True
    verify_aud: bool = True
    verify_iss: bool = True
    verify_sub: bool = True
    verify_jti: bool = True
    strict_aud: bool = False
    require: tuple[str, ...] = ()


_FLAGS: Final = frozenset(Options.__annotations__) - {"require"}
_FOLLOW_SIGNATURE: Final = tuple(f"verify_{claim}" for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti"))


def read_options(options: Mapping[str, object] | None) -> Checks:
    """Read a caller's options.

    Raises:
        TypeError: A name is unknown, a switch is no bool, or "require" is no collection of names.
    """
    given = {} if options is None else dict(options)
    require = _names(given.pop("require", ()))
    flags: dict[str, bool] = {}
    for name, value in given.items():
        if name not in _FLAGS:
            raise TypeError(f"There is no option {name!r}.")
        if not isinstance(value, bool):
            raise TypeError(f"The option {name!r} is true or false.")
        flags[name] = value
    flags.pop("enforce_minimum_key_length", None)
    if not flags.get("verify_signature", True):
        flags = dict.fromkeys(_FOLLOW_SIGNATURE, False) | flags
    return Checks(require=require, **flags)


def _names(value: object) -> tuple[str, ...]:
    # One string is a collection of its letters, none of which is a claim.
    if isinstance(value, str) or not isinstance(value, Collection):
        raise TypeError('The option "require" is a list of claim names.')
    names = tuple(value)
    if not all(isinstance(name, str) for name in names):
        raise TypeError('The option "require" is a list of claim names.')
    return names
