"""Notes in aiohttp, for whoever carries a good token of one issuer.

python examples/aiohttp/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict

from aiohttp import web

from tokensmith.guard import Guard, Issuer
from tokensmith.integrations.aiohttp import auth_middleware, principal_of, require

notes: defaultdict[str, list[str]] = defaultdict(list)


async def health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


@require("notes:read")
async def read(request: web.Request) -> web.Response:
    return web.json_response(notes[principal_of(request).subject])


@require("notes:write")
async def write(request: web.Request) -> web.Response:
    mine = notes[principal_of(request).subject]
    mine.append((await request.json())["text"])
    return web.json_response(mine, status=201)


def application(guard: Guard) -> web.Application:
    app = web.Application(middlewares=[auth_middleware(guard, public={"/health"})])
    app.add_routes([web.get("/health", health), web.get("/notes", read), web.post("/notes", write)])
    return app


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    guard = Guard(Issuer(chosen.issuer, audience=chosen.audience))
    web.run_app(application(guard), host="127.0.0.1", port=chosen.port, print=None)
