"""npm's `openid-client` and `oauth4webapi`, unmodified, sign people in at our server."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.services.npm_jose import NpmJose
from tests.services.token_server import AUDIENCE, BACK, TokenServer
from tokensmith.jose import Key

EVERYTHING = "openid profile offline_access"


class Client:
    """One of the two, with a client of ours."""

    def __init__(self, program: NpmJose, kind: str, server: TokenServer, name: str, *options: str) -> None:
        secret = server.make_client(f"{kind}-{name}", *options)
        self.program, self.kind, self.server = program, kind, server
        self.about = {"issuer": server.issuer, "id": f"{kind}-{name}", "secret": secret, "redirectUri": BACK}

    def ask(self, operation: str, **question: Any) -> Any:
        return self.program.ask(operation, **{"with": self.kind, **self.about, **question})

    def sign_in(self, scope: str = EVERYTHING, **question: Any) -> Any:
        """The whole way: discovery, browser, code, ID token, UserInfo, refresh and what else it does."""
        url = self.server.visit(self.ask("begin", scope=scope, **question), "ada")
        assert url.startswith(BACK), url
        return self.ask("finish", url=url)


@pytest.mark.parametrize("par", [False, True])
def test_openid_client_signs_in(npm_clients: NpmJose, token_server: TokenServer, par: bool) -> None:
    """With pushed requests and without; introspection and revocation, too."""
    done = Client(npm_clients, "openid-client", token_server, f"web-{par}").sign_in(par=par)

    assert done["claims"]["preferred_username"] == "ada"
    assert done["info"] == {"sub": done["claims"]["sub"], "preferred_username": "ada", "name": "ada"}
    assert (done["scope"], done["active"], done["after"]) == ("offline_access openid profile", True, False)
    assert done["bye"].startswith(f"{token_server.issuer}/logout?")


def test_openid_client_keeps_to_fapi(npm_clients: NpmJose, token_server: TokenServer, tmp_path: Path) -> None:
    """FAPI 2.0: it signs to prove itself, pushes, and its tokens are bound; its refresh token stays (P53)."""
    key, options = _signing(tmp_path)
    client = Client(npm_clients, "openid-client", token_server, "bank", *options, "--fapi2")
    done = client.sign_in(key=key, par=True, dpop=True)

    assert (done["rotated"], done["active"], done["after"]) == (False, True, False)
    assert done["info"]["sub"] == done["claims"]["sub"]


def test_openid_client_signs_its_requests(npm_clients: NpmJose, token_server: TokenServer, tmp_path: Path) -> None:
    """RFC 9101 (P35): what it signed is what it gets."""
    key, options = _signing(tmp_path)
    done = Client(npm_clients, "openid-client", token_server, "signing", *options).sign_in(key=key, signed=True)

    assert (done["claims"]["preferred_username"], done["rotated"]) == ("ada", True)


def _signing(folder: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A key of a client, and the options that make it known."""
    key = Key.generate("ES256")
    jwks = folder / "keys.json"
    jwks.write_text(json.dumps({"keys": [dict(key.public().to_jwk())]}))
    return dict(key.to_jwk(private=True)), ("--jwks", str(jwks))


@pytest.mark.parametrize("dpop", [False, True])
@pytest.mark.parametrize("options", [(), ("--public",)])
def test_oauth4webapi_signs_in(
    npm_clients: NpmJose, token_server: TokenServer, dpop: bool, options: tuple[str, ...]
) -> None:
    """Confidential and public, with tokens bound to a key and without."""
    name = f"web-{dpop}-{len(options)}"
    done = Client(npm_clients, "oauth4webapi", token_server, name, *options).sign_in(dpop=dpop)

    assert done["info"]["sub"] == done["claims"]["sub"]
    assert done["type"] == ("dpop" if dpop else "bearer")


def test_openid_client_asks_for_itself(npm_clients: NpmJose, token_server: TokenServer) -> None:
    robot = ("--resource", AUDIENCE, "--scope", "notes:read")
    secret = token_server.operate("client", "create", "npm-robot", *robot)
    about = {"issuer": token_server.issuer, "id": "npm-robot", "secret": secret, "resource": AUDIENCE}
    answer = npm_clients.ask("credentials", **{"with": "openid-client", **about})

    assert (answer["token_type"], answer["scope"]) == ("bearer", "notes:read")
