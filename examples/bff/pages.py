"""Pages for a person's browser, which never sees a token: a back end for front ends in Starlette (RFC 10017 §6.1).

CLIENT_SECRET=… python examples/bff/pages.py --issuer https://id.example --client web \
    --public-url http://localhost:8003 --service https://notes.example --port 8003
"""

import argparse
import os
import secrets

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tokensmith.client import Client, SecretClient
from tokensmith.integrations.bff import Bff, BffError
from tokensmith.integrations.bff.starlette import bff_routes, headers_for, refuse

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Notes</title></head>
<body>
<main>
<h1>Notes</h1>
<p id="who">One moment</p>
<p><a id="in" href="/bff/login?return_to=/" hidden>Sign in</a> <button id="out" hidden>Sign out</button></p>
<pre id="notes"></pre>
</main>
<script>
const at = (id) => document.getElementById(id);
async function show() {
  const session = await (await fetch("/bff/session")).json();
  at("who").textContent = session.signed_in ? `Signed in as ${session.claims.sub}` : "Nobody is signed in";
  at("in").hidden = session.signed_in;
  at("out").hidden = !session.signed_in;
  at("notes").textContent = session.signed_in ? await (await fetch("/api/notes")).text() : "";
}
at("out").addEventListener("click", async () => {
  const { end_session_url: url } = await (await fetch("/bff/logout", { method: "POST" })).json();
  if (url) location.href = url; else await show();
});
show();
</script>
</body>
</html>
"""


def application(bff: Bff, service: str) -> Starlette:
    services = httpx2.AsyncClient(timeout=10)

    async def page(_: Request) -> Response:
        return HTMLResponse(PAGE, headers={"Cache-Control": "no-store", "X-Frame-Options": "DENY"})

    async def notes(request: Request) -> Response:
        url = f"{service}/notes"
        answer = await services.get(url, headers=await headers_for(bff, request, "GET", url))
        return Response(answer.content, answer.status_code, media_type="text/plain")

    routes = [*bff_routes(bff), Route("/", page), Route("/api/notes", notes)]
    return Starlette(routes=routes, exception_handlers={BffError: refuse})


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", required=True)
    options.add_argument("--client", required=True)
    options.add_argument("--public-url", default="http://localhost:8003")
    options.add_argument("--service", required=True)
    options.add_argument("--resource")
    options.add_argument("--scope", default="openid offline_access notes:read")
    options.add_argument("--port", type=int, default=8003)
    chosen = options.parse_args()
    front = Bff(
        Client(chosen.issuer, SecretClient(chosen.client, os.environ["CLIENT_SECRET"])),
        public_url=chosen.public_url,
        secret=secrets.token_bytes(32),  # one process, and nobody is signed in for longer than it runs
        scope=chosen.scope,
        resource=chosen.resource or chosen.service,
    )
    uvicorn.run(application(front, chosen.service), port=chosen.port, log_level="warning")
