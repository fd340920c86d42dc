"""The token server as an ASGI application, for whoever runs it otherwise than with `tokensmith serve`."""

from tokensmith.server.app import create_app
from tokensmith.server.settings import Settings

__all__ = ["Settings", "create_app"]
