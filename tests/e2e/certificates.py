"""Our own server behind a real proxy that asks for certificates, both as docs/how-to/take-certificates.md has them."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import trustme

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP
from tests.server.web.live import wait_until_healthy
from tests.services.processes import Process, Processes, free_port
from tests.services.proxies import proxy

GUIDE: Final = (TOP / "docs" / "how-to" / "take-certificates.md").read_text()
MAIN, FOR_CERTIFICATES = "id.example", "mtls.id.example"
NOTES: Final = "https://notes.example"


@dataclass(frozen=True)
class BehindProxy:
    """A running server, the proxy before it, and the authority of both their certificates and their clients'."""

    folder: Path
    authority: trustme.CA
    server: Process
    server_port: int
    proxy_port: int

    def get(self, path: str, *, to: str = MAIN) -> httpx2.Response:
        """Ask through the proxy, at one of its two names."""
        return self._send("GET", path, to=to, certificate=None)

    def post(
        self,
        path: str,
        form: dict[str, str],
        *,
        to: str = FOR_CERTIFICATES,
        certificate: Path | None = None,
        **headers: str,
    ) -> httpx2.Response:
        """Send a form through the proxy.

        Args:
            certificate: A file with the client's certificate and key in PEM.
        """
        return self._send("POST", path, to=to, certificate=certificate, data=form, headers=headers)

    def _send(
        self,
        method: str,
        path: str,
        *,
        to: str,
        certificate: Path | None,
        headers: dict[str, str] | None = None,
        **sent: Any,
    ) -> httpx2.Response:
        tls = ssl.create_default_context()
        self.authority.configure_trust(tls)
        if certificate is not None:
            tls.load_cert_chain(certificate)
        url = f"https://127.0.0.1:{self.proxy_port}{path}"
        with httpx2.Client(verify=tls, timeout=30) as client:
            named = {"host": to, **(headers or {})}
            return client.request(method, url, headers=named, extensions={"sni_hostname": to}, **sent)

    def post_past_proxy(self, path: str, form: dict[str, str], *, source: str, **headers: str) -> httpx2.Response:
        """Send a form to the server itself, from an address of this machine."""
        with httpx2.Client(transport=httpx2.HTTPTransport(local_address=source), timeout=30) as client:
            return client.post(f"http://127.0.0.1:{self.server_port}{path}", data=form, headers=headers)

    def certify(self, *names: str, **subject: str) -> Path:
        """Have the authority certify a client; its certificate and key in one file."""
        return self.write(self.authority.issue_cert(*names, **subject))

    def write(self, certificate: trustme.LeafCert) -> Path:
        file = self.folder / f"{os.urandom(8).hex()}.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(file)
        return file

    def operate(self, script: str) -> str:
        """Run an operator's commands as they stand in the guide; the last line that they print."""
        command = f'set -e\ntokensmith() {{ "{sys.executable}" -m tokensmith "$@"; }}\n{script}'
        environment = {**os.environ, "TOKENSMITH_DATABASE": database(self.folder)}
        done = subprocess.run(
            ["bash", "-c", command], env=environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return "".join(done.stdout.splitlines()[-1:])


@contextmanager
def behind(name: str, folder: Path) -> Iterator[BehindProxy]:
    """Start a server as the guide sets it up, and a proxy before it."""
    authority, port = trustme.CA(), free_port()
    authority.cert_pem.write_to_path(folder / "client-authorities.pem")
    (settings,) = blocks(GUIDE, "toml")
    (folder / "tokensmith.toml").write_text(settings.replace("/etc/tokensmith/", f"{folder}/"))
    with (
        Processes() as processes,
        proxy(name, backend=port, authority=authority, guide=GUIDE, hosts=(MAIN, FOR_CERTIFICATES)) as proxy_port,
    ):
        server = processes.start(
            *(sys.executable, "-m", "tokensmith", "serve", "--settings", folder / "tokensmith.toml"),
            *("--issuer", f"https://{MAIN}", "--port", str(port), "--database", database(folder)),
            *("--log-format", "json"),
        )
        wait_until_healthy(server, port)
        yield BehindProxy(folder, authority, server, port, proxy_port)


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'tokensmith.db'}"


def for_notes(client_id: str) -> dict[str, Any]:
    """The form with which a client asks for a token of its own."""
    return {"grant_type": "client_credentials", "client_id": client_id, "resource": NOTES}
