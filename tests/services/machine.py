"""What the machine offers: a program that is there, or installed now, or the reason why a test cannot run.

Real services are preferred to fakes of them. On Debian as root a missing one is installed; anywhere else its tests are
skipped with the command that would help, or failed where REQUIRE_SERVICES=1 says that nothing may be skipped.
"""

import fcntl
import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Never

import pytest

TOP: Final = Path(__file__).resolve().parents[2]
NOT_RUN: Final = "not run: "
POLICY: Final = Path("/usr/sbin/policy-rc.d")
CLUSTER_SETTINGS: Final = Path("/etc/postgresql-common/createcluster.d")
APT_GET: Final = ("apt-get", "-q", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30")


def need(name: str, find: Callable[[], Path | None], *, packages: tuple[str, ...]) -> Path:
    """Return a service's program; skip (or fail, see above) the asking test where there is none.

    Args:
        name: What people call the service.
        find: Looks for the program; asked again after an installation.
        packages: Debian packages, the first that exists is taken.
    """
    found = find() or install_and_find(packages, find)
    return found or refuse(f"{name} is missing; apt-get install {' or '.join(packages)}")


def refuse(reason: str) -> Never:
    """Skip the running test with a reason that the last line of the run repeats; fail it if services are required."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(NOT_RUN + reason, pytrace=False)
    pytest.skip(NOT_RUN + reason)


def on_path(*names: str) -> Path | None:
    """Find the first of several programs, also where an ordinary user's PATH does not look."""
    path = os.environ.get("PATH", os.defpath) + ":/usr/bin:/usr/sbin"
    return next((Path(found) for name in names if (found := shutil.which(name, path=path))), None)


def install_and_find(packages: tuple[str, ...], find: Callable[[], Path | None]) -> Path | None:
    """Install a package where that is ours to do; one process at a time, since parallel runs ask at the same moment."""
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return None
    with Path("/run/tokensmith-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if find() is None and (package := first_available(packages)):
            with nothing_started():
                apt("install", "-y", "--no-install-recommends", package)
    return find()


def first_available(packages: tuple[str, ...]) -> str | None:
    """Name the first package this release of Debian has."""
    update_package_lists()
    return next((name for name in packages if apt("install", "--simulate", "--no-install-recommends", name)), None)


@functools.cache
def update_package_lists() -> bool:
    """Fetch the package lists, once per run."""
    return apt("update")


def apt(*arguments: str) -> bool:
    """Run apt-get, asking nothing; tell whether it worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run([*APT_GET, *arguments], env=environment, capture_output=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@contextmanager
def nothing_started() -> Iterator[None]:
    """Keep packages from starting their own service or making a PostgreSQL cluster; the suite starts its own."""
    written = [
        place(POLICY, "#!/bin/sh\nexit 101\n", mode=0o755),
        place(CLUSTER_SETTINGS / "tokensmith.conf", "create_main_cluster = false\n", mode=0o644),
    ]
    try:
        yield
    finally:
        for path in filter(None, written):
            path.unlink(missing_ok=True)


def place(path: Path, content: str, *, mode: int) -> Path | None:
    """Write a file that is not there yet; the path if it was written, and so is ours to remove."""
    if path.exists():
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    return path
