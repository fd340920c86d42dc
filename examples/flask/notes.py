"""Notes in Flask, for whoever carries a good token of one issuer.

python examples/flask/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict

from flask import Flask, request

from tokensmith.guard import Guard, Issuer
from tokensmith.integrations.flask import Auth

app = Flask(__name__)
auth = Auth()
app.before_request(auth.verify)  # no route is open unless it is marked so

notes: defaultdict[str, list[str]] = defaultdict(list)


@app.get("/health")
@auth.public
def health() -> str:
    return "ok"


@app.get("/notes")
@auth.require("notes:read")
def read() -> list[str]:
    return notes[auth.principal.subject]


@app.post("/notes")
@auth.require("notes:write")
async def write() -> tuple[list[str], int]:
    mine = notes[auth.principal.subject]
    mine.append(request.get_json()["text"])
    return mine, 201


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    auth.init_app(app, Guard(Issuer(chosen.issuer, audience=chosen.audience)))
    app.run(port=chosen.port)
