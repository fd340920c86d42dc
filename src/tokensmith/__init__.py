"""Tokensmith: token-based authentication for Python.

Import the room you need (`tokensmith.jose`, `tokensmith.guard`, …); this package itself holds only its version, so
importing it costs nothing.
"""

__version__ = "0.1.0"
