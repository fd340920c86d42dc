"""Finds the endpoint of a request: by its path, where the path is all there is to it.

Starlette tries one pattern after the other, which for the last of thirty costs more than some of the answers. Most of
our URLs have no variable part, so a dictionary knows them; what it does not know goes the usual way.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send


class ExactRouter(Router):
    """A Starlette router that looks up plain paths."""

    def __init__(self, *, lifespan: Lifespan[Router] | None = None) -> None:
        super().__init__(redirect_slashes=False, lifespan=lifespan)
        self._exact: dict[str, ASGIApp] = {}

    def serve(self, routes: Sequence[BaseRoute]) -> None:
        """Take the table of URLs; of two for one path the first counts, as in Starlette."""
        self.routes = list(routes)
        plain = (route for route in routes if isinstance(route, Route) and not route.param_convertors)
        self._exact = {}
        for route in plain:
            self._exact.setdefault(route.path, route.app)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its endpoint."""
        if scope["type"] == "http" and not scope.get("root_path"):
            endpoint = self._exact.get(scope["path"])
            if endpoint is not None:
                await endpoint(scope, receive, send)
                return
        await super().app(scope, receive, send)
