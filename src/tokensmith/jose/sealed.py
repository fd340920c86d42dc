"""Classes whose instances are proof, so that having one means that the checks were passed.

Python cannot stop somebody who is determined to forge an object in his own process. It can make sure that nobody
does so by accident: by calling the class, by unpickling, or in a test that then tests nothing.
"""

from collections.abc import Callable
from typing import Any, Final, Never

import msgspec


class Sealed(msgspec.StructMeta):
    """Metaclass of a record that only a verification makes. A Struct, being the cheapest frozen record there is."""

    def __call__(cls, *args: object, **kwargs: object) -> Never:  # noqa: ARG002, D102, N805
        raise TypeError(f"Only a verification makes a {cls.__name__}.")


make_sealed: Final[Callable[..., Any]] = msgspec.StructMeta.__call__
"""Make an instance of a sealed class: `make_sealed(Class, *fields)`, for the code that has just done the verifying."""
