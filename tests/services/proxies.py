"""Real reverse proxies with TLS, each with the configuration that a guide gives for it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import trustme

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP
from tests.services import machine
from tests.services.processes import Processes, free_port

GUIDE: Final = (TOP / "docs" / "how-to" / "behind-a-proxy.md").read_text()
HOST: Final = "id.example"
MODULES: Final = "/usr/lib/apache2/modules"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One program. *around* puts the guide's block where it belongs; *words* start the program in the foreground.

    *listens* is how the block says the port.
    """

    program: str
    packages: tuple[str, ...]
    around: str
    words: tuple[str, ...]
    listens: tuple[str, str]


def _nginx() -> Kind:
    # Its workers would otherwise be nobody's, who may not enter the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return Kind(
        program="nginx",
        packages=("nginx",),
        around=f"{user} daemon off; pid {{folder}}/pid; error_log stderr;\n"
        "events {{}}\n"
        "http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        "fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{block}\n}}",
        words=("-p", "{folder}", "-e", "stderr", "-c", "{file}"),
        listens=("listen 443", "listen 127.0.0.1:{port}"),
    )


def _apache() -> Kind:
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    modules = "".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so\n"
        for name in ("mpm_event", "authz_core", "socache_shmcb", "ssl", "headers", "proxy", "proxy_http")
    )
    head = "ServerRoot {folder}\nPidFile {folder}/pid\nErrorLog /dev/stderr\nListen 127.0.0.1:{port}\n"
    return Kind(
        program="apache2",
        packages=("apache2-bin",),
        around=f"{head}{user}{modules}Mutex posixsem\n{{block}}",
        words=("-X", "-f", "{file}"),
        listens=("*:443", "*:{port}"),
    )


KINDS: Final[Mapping[str, Callable[[], Kind]]] = MappingProxyType(
    {
        "nginx": _nginx,
        "apache": _apache,
        "haproxy": lambda: Kind(
            program="haproxy",
            packages=("haproxy",),
            around="{block}",
            words=("-db", "-f", "{file}"),
            listens=("bind :443", "bind 127.0.0.1:{port}"),
        ),
        "caddy": lambda: Kind(
            program="caddy",
            packages=("caddy",),
            around="{{\nadmin off\nauto_https disable_redirects\nhttps_port {port}\ndefault_bind 127.0.0.1\n}}\n"
            "{block}",
            words=("run", "--adapter", "caddyfile", "--config", "{file}"),
            listens=("id.example {", "id.example {"),
        ),
    }
)


@contextmanager
def proxy(
    name: str, *, backend: int, authority: trustme.CA, guide: str = GUIDE, hosts: tuple[str, ...] = (HOST,)
) -> Iterator[int]:
    """Run one with the guide's block, its addresses and files replaced by the test's; the port it listens on."""
    kind = KINDS[name]()
    program = machine.need(name, lambda: machine.on_path(kind.program), packages=kind.packages)
    folder = Path(tempfile.mkdtemp(prefix="tokensmith-proxy-"))
    folder.chmod(0o755)
    try:
        port, file = free_port(), folder / "configuration"
        (block,) = blocks(guide, name)
        given = {"folder": str(folder), "port": str(port), "file": str(file)}
        before, after = kind.listens
        for old, new in (
            (before, after.format_map(given) if "{port}" in after else after),
            ("127.0.0.1:8000", f"127.0.0.1:{backend}"),
            ("/etc/ssl/", f"{folder}/"),
        ):
            assert old in block
            block = block.replace(old, new)
        file.write_text(kind.around.format(**given, block=block))
        _write_certificate(folder, authority.issue_cert(*hosts), both_in_one=name == "haproxy")
        with Processes() as processes:
            words = [word.format_map(given) for word in kind.words]
            processes.start(program, *words, port=port, environment={"HOME": str(folder)})
            yield port
    finally:
        shutil.rmtree(folder)


def _write_certificate(folder: Path, issued: trustme.LeafCert, *, both_in_one: bool) -> None:
    key = issued.private_key_pem.bytes()
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    (folder / "id.example.pem").write_bytes(chain + key if both_in_one else chain)
    (folder / "id.example.key").write_bytes(key)
