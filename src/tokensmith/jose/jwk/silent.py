"""What holds secrets: frozen, and silent wherever Python would hand out its state by itself (RFC 7517 §9.2)."""

from typing import Never, Self


class Silent:
    """Base of a class with slots that its constructor fills once; after that there is none left to fill."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        if hasattr(self, name):
            raise AttributeError(f"A {type(self).__name__} is frozen.")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A {type(self).__name__} is frozen.")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        # A pickle would carry the private half in the clear to wherever pickles go: caches, queues, crash reports.
        raise TypeError(f"A {type(self).__name__} is not pickled; write its JWK, which says what it hands out.")

    def __getstate__(self) -> Never:
        raise TypeError(f"A {type(self).__name__} does not hand out its state.")
