"""`GET /`: what this is and where to go next, for people who open the issuer in a browser.

One page without scripts, images or anything from elsewhere; its style sheet is in it and allowed by its hash alone.
"""

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.web.request_headers import header_values
from tokensmith.server.web.responses import json_response

_STYLE: Final = (
    "body{max-width:44rem;margin:3rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif;color:#1b1b1f;"
    "background:#fff}code,pre{font:.9rem/1.5 ui-monospace,monospace}pre{background:#f3f3f6;padding:1rem;"
    "overflow-x:auto;border-radius:.4rem}a{color:#1d4ed8}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6ea;background:#16161a}pre{background:#232329}a{color:#93b4ff}}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
).encode()

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tokensmith</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Tokensmith</h1>
<p>This is the token server <code>{issuer}</code>. It signs people and programs in and gives them tokens, which other
services check by themselves, with the keys published here.</p>
{sign_in}
<h2>What is here</h2>
<ul>
<li><a href="{path}/.well-known/openid-configuration">Discovery document</a>: every endpoint, for programs</li>
<li><a href="{path}/device">Connect a device</a>: for people whose device shows a code</li>
<li><a href="{path}/.well-known/jwks.json">Key set</a>: what verifies this server's tokens</li>
<li><a href="/readyz">Readiness</a>: whether the server can do its work</li>
</ul>
<p>To see the whole journey of a token, step by step, run <code>tokensmith tour</code>; all commands are shown by
<code>tokensmith --help</code>.</p>
</main>
</body>
</html>
"""
_SIGN_IN: Final = """<h2>Sign in</h2>
<pre>curl {issuer}/api/login \\
  -H 'Content-Type: application/json' \\
  -d '{{"username": "…", "password": "…"}}'</pre>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The handler."""

    issuer: str
    issuer_path: str
    offers_first_party_sign_in: bool

    async def __call__(self, request: Request) -> Response:
        """Answer with a page for a browser, and with JSON for everybody else."""
        if "text/html" in ",".join(header_values(request.scope, b"accept")):
            headers = {"cache-control": "no-store", "vary": "accept"}
            return Response(self._page(), 200, headers, "text/html; charset=utf-8")
        members: dict[str, JsonValue] = {
            "name": "Tokensmith",
            "what": "token server",
            "issuer": self.issuer,
            "discovery": f"{self.issuer}/.well-known/openid-configuration",
        }
        if self.offers_first_party_sign_in:
            members["sign_in"] = f"POST {self.issuer}/api/login"
        return json_response(members, headers={"vary": "accept"})

    def _page(self) -> str:
        issuer = escape(self.issuer)
        sign_in = _SIGN_IN.format(issuer=issuer) if self.offers_first_party_sign_in else ""
        return _PAGE.format(style=_STYLE, issuer=issuer, path=escape(self.issuer_path), sign_in=sign_in)
