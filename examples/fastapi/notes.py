"""Notes in FastAPI, for whoever carries a good token of one issuer.

python examples/fastapi/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict
from typing import Annotated

import uvicorn
from fastapi import APIRouter, FastAPI, Security
from pydantic import BaseModel

from tokensmith.guard import Guard, Issuer, Principal
from tokensmith.integrations.fastapi import Auth

notes: defaultdict[str, list[str]] = defaultdict(list)


class Note(BaseModel):
    text: str


def routes(auth: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("/health")
    async def health() -> str:
        return "ok"

    @router.get("/notes")
    async def read(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]) -> list[str]:
        return notes[caller.subject]

    @router.post("/notes", status_code=201)
    async def write(note: Note, caller: Annotated[Principal, Security(auth, scopes=["notes:write"])]) -> list[str]:
        mine = notes[caller.subject]
        mine.append(note.text)
        return mine

    return router


def application(guard: Guard) -> FastAPI:
    app = FastAPI(title="Notes")
    app.include_router(routes(Auth(guard)))
    return app


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    guard = Guard(Issuer(chosen.issuer, audience=chosen.audience))
    uvicorn.run(application(guard), port=chosen.port, log_level="warning")
