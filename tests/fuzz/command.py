"""The command that runs every target, which stands among the tools."""

import importlib.util
from types import ModuleType

from tests.architecture.tree import TOP


def load() -> ModuleType:
    """Import tools/fuzz.py."""
    spec = importlib.util.spec_from_file_location("fuzz", TOP / "tools" / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
