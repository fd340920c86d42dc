"""Notes in Litestar, for whoever carries a good token of one issuer.

python examples/litestar/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict
from typing import Any

import uvicorn
from litestar import Litestar, Request, get, post

from tokensmith.guard import Guard, Issuer, Principal
from tokensmith.integrations.litestar import AuthPlugin, Requires

notes: defaultdict[str, list[str]] = defaultdict(list)


@get("/health", opt={"public": True})
async def health() -> str:
    return "ok"


@get("/notes", guards=[Requires("notes:read")])
async def read(request: Request[Principal, Principal, Any]) -> list[str]:
    return notes[request.user.subject]


@post("/notes", guards=[Requires("notes:write")])
async def write(request: Request[Principal, Principal, Any], data: dict[str, str]) -> list[str]:
    mine = notes[request.user.subject]
    mine.append(data["text"])
    return mine


def application(guard: Guard) -> Litestar:
    return Litestar([health, read, write], plugins=[AuthPlugin(guard)])


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    guard = Guard(Issuer(chosen.issuer, audience=chosen.audience))
    uvicorn.run(application(guard), port=chosen.port, log_level="warning")
