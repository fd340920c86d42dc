"""An MCP server whose tools are for people who are signed in.

python examples/mcp/server.py --issuer https://id.example --url http://127.0.0.1:8004/mcp --port 8004
"""

import argparse

import uvicorn
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

from tokensmith.guard import Guard, Issuer
from tokensmith.integrations.mcp import mcp_verifier


def server(guard: Guard, *, issuer: str, url: str) -> MCPServer:
    made = MCPServer(
        "notes",
        token_verifier=mcp_verifier(guard, resource=url),
        auth=AuthSettings(
            issuer_url=issuer, resource_server_url=url, validate_token_resource=True, required_scopes=["notes:read"]
        ),
    )

    @made.tool()
    def notes() -> str:
        token = get_access_token()
        return f"A note of {token.subject if token else 'nobody'}"

    return made


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", required=True)
    options.add_argument("--url", required=True)
    options.add_argument("--port", type=int, default=8004)
    chosen = options.parse_args()
    protected = server(
        Guard(Issuer(chosen.issuer, audience=chosen.url)), issuer=chosen.issuer, url=chosen.url
    ).streamable_http_app()
    uvicorn.run(protected, host="127.0.0.1", port=chosen.port, log_level="warning")
