"""A guard at a path, as a setting may name it."""

from typing import Final

from tokensmith.guard.testing import FakeIssuer

GUARD: Final = FakeIssuer().guard()
