"""The notes service: a program of its own that lets in whoever carries a good token of one issuer.

All it knows of the server is the issuer's URL; keys and revocations it finds by itself, and nobody is asked per
request. Open /docs for its OpenAPI page, whose browser may load nothing from anywhere else.
"""

import argparse
import os
from collections import defaultdict, deque
from typing import Annotated

import uvicorn
from fastapi import Body, FastAPI, Request, Response, Security
from fastapi_swagger import patch_fastapi  # type: ignore[import-untyped]  # Swagger UI, out of the package itself
from starlette.middleware.base import RequestResponseEndpoint

from tokensmith.guard import Guard, Issuer, Principal
from tokensmith.integrations.fastapi import Auth

# What a browser may load: our own files, and the inline parts that Swagger UI has.
SAME_ORIGIN = "default-src 'self' 'unsafe-inline'; img-src 'self' data:"


def create_app(issuer: str, *, audience: str) -> FastAPI:
    """Make the service: it trusts one issuer, for tokens that are meant for *audience*."""
    guard = Guard(Issuer(issuer, audience=audience, leeway=0))
    auth = Auth(guard, description=f"An access token that {issuer} issued for {audience}.")
    app = FastAPI(title="Notes", docs_url=None, redoc_url=None, swagger_ui_oauth2_redirect_url=None)
    patch_fastapi(app, swagger_ui_parameters={"tryItOutEnabled": True, "persistAuthorization": False})
    notes: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=100))

    @app.get("/notes")
    async def read(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]) -> list[str]:
        return list(notes[caller.subject])

    @app.post("/notes", status_code=201)
    async def write(
        text: Annotated[str, Body(embed=True, max_length=1000)],
        caller: Annotated[Principal, Security(auth, scopes=["notes:write"])],
    ) -> list[str]:
        notes[caller.subject].append(text)
        return list(notes[caller.subject])

    @app.middleware("http")
    async def load_nothing_from_elsewhere(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = SAME_ORIGIN
        return response

    return app


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m tokensmith.tour.notes")
    options.add_argument("--issuer", default=os.environ.get("TOKENSMITH_NOTES_ISSUER", "http://127.0.0.1:8000"))
    options.add_argument("--audience", default=os.environ.get("TOKENSMITH_NOTES_AUDIENCE", "http://127.0.0.1:8001"))
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    uvicorn.run(create_app(chosen.issuer, audience=chosen.audience), host="127.0.0.1", port=chosen.port)
