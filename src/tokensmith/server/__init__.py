"""The token server as an ASGI application, for whoever runs it otherwise than with `tokensmith serve`.

Both names are imported when they are asked for: whoever needs one module of the server, as the commands do, does not
wait for all of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokensmith.server.app import create_app as create_app
    from tokensmith.server.settings import Settings as Settings


def __getattr__(name: str) -> object:
    if name == "create_app":
        from tokensmith.server.app import create_app  # noqa: PLC0415

        return create_app
    if name == "Settings":
        from tokensmith.server.settings import Settings  # noqa: PLC0415

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
