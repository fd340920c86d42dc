"""Notes in Starlette, for whoever carries a good token of one issuer.

python examples/starlette/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from tokensmith.guard import Guard, Issuer
from tokensmith.integrations.starlette import AuthMiddleware, requires

notes: defaultdict[str, list[str]] = defaultdict(list)


async def health(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


@requires("notes:read")
async def read(request: Request) -> JSONResponse:
    return JSONResponse(notes[request.user.principal.subject])


@requires("notes:write")
async def write(request: Request) -> JSONResponse:
    mine = notes[request.user.principal.subject]
    mine.append((await request.json())["text"])
    return JSONResponse(mine, status_code=201)


def application(guard: Guard) -> Starlette:
    routes = [Route("/health", health), Route("/notes", read), Route("/notes", write, methods=["POST"])]
    return Starlette(routes=routes, middleware=[Middleware(AuthMiddleware, guard=guard, public={"/health"})])


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    guard = Guard(Issuer(chosen.issuer, audience=chosen.audience))
    uvicorn.run(application(guard), port=chosen.port, log_level="warning")
