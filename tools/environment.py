"""Set up `.venv` from one hash-pinned requirement file, and do nothing when nothing changed.

Usage: python3 tools/environment.py run|dev|oldest

`oldest` has the oldest versions that the package says it works with, and a folder of its own, `.venv-oldest`.

Needs Python 3.11 and pip, nothing else: uv is installed into `.tools/` with `pip --target`, which neither asks for
the venv module (Debian leaves it out) nor is refused as an "externally managed environment" (PEP 668). Where uv cannot
be had or cannot reach the index (it reads no pip.conf), `python3 -m venv` and pip do the same work more slowly.

The project itself goes in last: a sync removes whatever the requirement file does not name, and `--require-hashes`
refuses an editable path.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).resolve().parent.parent
TOOLS: Final = TOP / ".tools"
VENV: Final = TOP / ".venv"
UV: Final = TOOLS / "bin" / "uv"
UV_PIN: Final = TOP / "requirements" / "uv.txt"

# A mirror is told to pip by these; uv knows them under other names.
PIP_NAMES_IN_UV: Final[Mapping[str, str]] = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_NO_INDEX": "UV_NO_INDEX",
    "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
    "PIP_CERT": "SSL_CERT_FILE",
}
# What `make test` installs includes, at the same versions, all that `make run` needs.
ENOUGH_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "run": ("run", "dev"),
    "dev": ("dev",),
    "oldest": ("oldest",),
}


def main(arguments: list[str]) -> int:
    """Set up the named environment; 0 when it is ready, 1 with the reason when it cannot be."""
    if len(arguments) != 1 or arguments[0] not in ENOUGH_FOR:
        print("usage: environment.py run|dev|oldest", file=sys.stderr)
        return 2
    wanted = arguments[0]
    if is_ready(wanted):
        return 0
    venv = venv_of(wanted)
    print(f"Setting up {venv.name} from requirements/{wanted}.txt …", file=sys.stderr, flush=True)
    for stamp in venv.glob(".tokensmith-*"):
        stamp.unlink()
    if not (with_uv(wanted) or with_pip(wanted)):
        print(f"Could not set up {venv.name} with {sys.executable}: see the messages above.", file=sys.stderr)
        return 1
    stamp_of(wanted).write_text(fingerprint(wanted))
    return 0


def is_ready(wanted: str) -> bool:
    """Tell whether the environment was made from the present files, in this place, by this Python."""
    return python_of(wanted).exists() and any(
        stamp_of(name).exists() and stamp_of(name).read_text() == fingerprint(name) for name in ENOUGH_FOR[wanted]
    )


def venv_of(name: str) -> Path:
    """Where an environment is; what runs and what tests may be the same one."""
    return VENV.with_name(f"{VENV.name}-oldest") if name == "oldest" else VENV


def python_of(name: str) -> Path:
    """Its interpreter."""
    return venv_of(name) / "bin" / "python"


def stamp_of(name: str) -> Path:
    """Where the fingerprint of a finished set-up is kept; deleting the environment deletes it too."""
    return venv_of(name) / f".tokensmith-{name}"


def fingerprint(name: str) -> str:
    """Digest all that decides what an environment contains: the pins, the package's metadata, its place, the Python."""
    digest = hashlib.sha256(f"{TOP}\0{sys.version}\0".encode())
    for file in (TOP / "requirements" / f"{name}.txt", TOP / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def uv_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Translate pip's settings for uv; what is already said in uv's own names wins.

    With several indexes uv would take the first that knows a name. Any may be taken here, as pip does: the hashes
    decide whether a file is the right one.
    """
    ours = {
        "UV_PYTHON_DOWNLOADS": "never",  # the interpreter is the one asked for, never one from the network
        "UV_SYSTEM_CERTS": "1",  # behind an inspecting proxy the bundled roots know no issuer
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    translated = {there: environ[here] for here, there in PIP_NAMES_IN_UV.items() if environ.get(here)}
    return {**ours, **translated, **environ}


def with_uv(wanted: str) -> bool:
    """Install with uv, fetching uv itself first; False if that cannot be done here."""
    install_uv = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install_uv += [
        "--root-user-action=ignore",
        "--target",
        str(TOOLS),
        "--upgrade",
        "--require-hashes",
        "-r",
        str(UV_PIN),
    ]
    if not is_uv_current() and not run(install_uv):
        return False
    (TOOLS / ".uv-pin").write_bytes(UV_PIN.read_bytes())
    environment = uv_environment(os.environ)
    venv, python = venv_of(wanted), python_of(wanted)
    into = ["--quiet", "--python", str(python)]
    if not is_ours(python, venv) and not run(
        [str(UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)], environment
    ):
        return False
    pins = str(TOP / "requirements" / f"{wanted}.txt")
    project = ["--no-deps", "--no-build-isolation", "--editable", str(TOP)]
    return run([str(UV), "pip", "sync", *into, "--require-hashes", pins], environment) and run(
        [str(UV), "pip", "install", *into, *project], environment
    )


def with_pip(wanted: str) -> bool:
    """Install with the standard library's venv and pip; False if that cannot be done here either."""
    print("uv did not do it; trying venv and pip.", file=sys.stderr)
    venv = venv_of(wanted)
    shutil.rmtree(venv, ignore_errors=True)
    install = [str(python_of(wanted)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return (
        run([sys.executable, "-m", "venv", str(venv)])
        and run([*install, "--require-hashes", "-r", str(TOP / "requirements" / f"{wanted}.txt")])
        and run([*install, "--no-deps", "--no-build-isolation", "--editable", str(TOP)])
    )


def is_uv_current() -> bool:
    """Tell whether `.tools/` holds the uv that is pinned now."""
    pin = TOOLS / ".uv-pin"
    return UV.exists() and pin.exists() and pin.read_bytes() == UV_PIN.read_bytes()


def is_ours(python: Path, venv: Path) -> bool:
    """Tell whether an environment's interpreter runs, is this version, and has not been moved here from elsewhere."""
    question = "import sys; print(sys.version, sys.prefix)"
    try:
        answer = subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == f"{sys.version} {venv}"


def run(command: list[str], environment: Mapping[str, str] | None = None) -> bool:
    """Run one command where the project is, its output shown; tell whether it worked."""
    return subprocess.run(command, cwd=TOP, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 -- whoever starts this may have an older one
        sys.exit(
            f"Tokensmith needs Python 3.11 or later; this is {sys.version}. Try: make PYTHON=/path/to/python3.12 …"
        )
    sys.exit(main(sys.argv[1:]))
