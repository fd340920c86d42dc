"""Apache with Debian's `libapache2-mod-auth-openidc`, unmodified: sign-in through Chromium, refresh, sign-out."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.services import machine
from tests.services.processes import Processes, free_port
from tests.services.token_server import TokenServer

MODULES = Path("/usr/lib/apache2/modules")
PAGE = "A page for people who are signed in"
CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog /dev/stderr
LogLevel warn
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
DocumentRoot {folder}/pages
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret {secret}
OIDCRedirectURI http://localhost:{port}/callback
OIDCPKCEMethod S256
OIDCScope "openid profile"
OIDCRemoteUserClaim preferred_username
OIDCCryptoPassphrase of-a-test
OIDCDefaultLoggedOutURL http://localhost:{port}/bye.txt
OIDCInfoHook userinfo access_token id_token
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
<Location /bye.txt>
  Require all granted
</Location>
"""


@dataclass(frozen=True)
class Apache:
    """A running Apache."""

    url: str


@pytest.fixture(scope="module")
def apache(token_server: TokenServer) -> Iterator[Apache]:
    machine.need("mod_auth_openidc", find_module, packages=("libapache2-mod-auth-openidc",))
    program = machine.need("Apache", lambda: machine.on_path("apache2"), packages=("apache2-bin",))
    port = free_port()
    url = f"http://localhost:{port}"
    secret = token_server.make_client("apache", "--after-sign-out", f"{url}/bye.txt", uri=f"{url}/callback")
    folder = Path(tempfile.mkdtemp())
    try:
        configure(folder, port=port, issuer=token_server.issuer, secret=secret)
        with Processes() as processes:
            processes.start(program, "-X", "-f", folder / "apache.conf", port=port)
            yield Apache(url)
    finally:
        shutil.rmtree(folder)


def configure(folder: Path, *, port: int, issuer: str, secret: str) -> None:
    """Write its configuration and its pages, where its own user can read them."""
    folder.chmod(0o755)
    (folder / "pages").mkdir(mode=0o755)
    (folder / "pages" / "index.html").write_text(PAGE)
    (folder / "pages" / "bye.txt").write_text("Bye")
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    text = CONFIGURATION.format(folder=folder, port=port, issuer=issuer, secret=secret, user=user, modules=MODULES)
    (folder / "apache.conf").write_text(text)


def find_module() -> Path | None:
    module = MODULES / "mod_auth_openidc.so"
    return module if module.exists() else None


def test_a_person_signs_in_refreshes_and_signs_out(page: Page, apache: Apache, token_server: TokenServer) -> None:
    """Discovery, code, ID token (RS256), UserInfo, refresh, RP-initiated sign-out."""
    page.set_default_timeout(15_000)
    page.goto(f"{apache.url}/index.html")
    page.locator("#username").fill("ada")
    page.locator("#password").fill(token_server.password("ada"))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Allow").click()
    page.get_by_text(PAGE).wait_for()

    info = page.goto(f"{apache.url}/callback?info=json")
    assert info is not None
    first = info.json()
    assert first["userinfo"]["preferred_username"] == "ada"
    assert first["id_token"]["sub"] == first["userinfo"]["sub"]
    page.goto(f"{apache.url}/callback?refresh={apache.url}/index.html&access_token={first['access_token']}")
    page.get_by_text(PAGE).wait_for()
    info = page.goto(f"{apache.url}/callback?info=json")
    assert info is not None
    assert info.json()["access_token"] != first["access_token"]

    page.goto(f"{apache.url}/callback?logout={apache.url}/bye.txt")
    page.get_by_text("Bye").wait_for()
    page.goto(f"{apache.url}/index.html")
    page.locator("#username").wait_for()
