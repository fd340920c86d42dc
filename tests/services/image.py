"""An image without a container engine: a Containerfile's own instructions, in a copy of this machine's root.

The root of a base image cannot be had everywhere; this machine's stands for it, with our Python where official images
have theirs. What the instructions write lands in a folder laid over it (overlayfs), and what runs later runs in a mount
and process namespace of its own, on a root that is read-only. That takes root, on a kernel that lets it.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from tests.services import machine
from tests.services.processes import Process, Processes

# What the base image would say. A Python that was built for another folder finds its own library by the second.
BASE: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LD_LIBRARY_PATH": "/usr/local/lib"}
# Where packages come from is said to pip by the machine; an engine would be told by build arguments.
_PASSED_ON: Final = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_CONFIG_FILE")


@dataclass(frozen=True)
class Stage:
    """One FROM of a Containerfile with its instructions, in order."""

    name: str
    instructions: tuple[tuple[str, str], ...]

    def of(self, instruction: str) -> list[str]:
        return [text for name, text in self.instructions if name == instruction]


def stages(containerfile: str) -> list[Stage]:
    """Read a Containerfile that keeps each instruction on a line of its own."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in containerfile.splitlines():
        if line and not line.startswith("#"):
            name, _, text = line.partition(" ")
            if name == "FROM":
                found.append((text.partition(" AS ")[2], []))
            else:
                found[-1][1].append((name, text.strip()))
    return [Stage(name, tuple(instructions)) for name, instructions in found]


@dataclass
class Root:
    """A root that is laid over this machine's: what was written is in *upper*."""

    folder: Path
    upper: Path = field(init=False)

    def __post_init__(self) -> None:
        self.upper = self.folder / "upper"
        for name in ("upper", "work", "merged"):
            (self.folder / name).mkdir(parents=True)

    def script(self, *, writable: bool) -> list[str]:
        """The lines of a shell that mount it at `merged`, in a namespace of its own."""
        merged = shlex.quote(str(self.folder / "merged"))
        options = f"{'rw' if writable else 'ro'},lowerdir=/,upperdir={self.upper},workdir={self.folder / 'work'}"
        python = [f"mount --bind {sys.base_prefix} {merged}/usr/local"] if sys.base_prefix != "/usr" else []
        return [
            "set -e",
            "mount --make-rprivate /",
            f"mount -t overlay overlay -o {options} {merged}",
            *python,
            f"mount --rbind /dev {merged}/dev",
            f"mount -t proc proc {merged}/proc",
        ]


class Image:
    """A built image."""

    def __init__(self, folder: Path, *, stage: Stage, root: Root) -> None:
        self.folder, self.stage, self.root = folder, stage, root
        self.environment = BASE | dict(text.split("=", 1) for text in stage.of("ENV"))
        (self.user,) = stage.of("USER")
        (self.workdir,) = stage.of("WORKDIR")
        (self.volume,) = stage.of("VOLUME")
        self.command: list[str] = json.loads(stage.of("ENTRYPOINT")[0]) + json.loads(stage.of("CMD")[0])

    @classmethod
    def build(cls, containerfile: Path, folder: Path) -> Self:
        """Run the instructions of every stage."""
        if os.geteuid() != 0 or not _may_overlay(folder):
            machine.refuse("an image is built in namespaces, which takes root and overlayfs")
        roots: dict[str, Root] = {}
        found = stages(containerfile.read_text())
        for number, stage in enumerate(found):
            roots[stage.name] = Root(folder / f"stage-{number}")
            _build(stage, roots, context=containerfile.parent)
        return cls(folder, stage=found[-1], root=roots[found[-1].name])

    def make_volume(self, name: str) -> Path:
        """Make a volume as engines do: what the image has there is in it, with its owner."""
        volume = self.folder / name
        shutil.copytree(self.root.upper / self.volume.lstrip("/"), volume)
        uid, gid = map(int, self.user.split(":"))
        os.chown(volume, uid, gid)
        volume.chmod((self.root.upper / self.volume.lstrip("/")).stat().st_mode)
        return volume

    def run(self, processes: Processes, volume: Path, **environment: str) -> Process:
        """Start it: root read-only, nothing writable but the volume and an empty /tmp, no privileges to be gained."""
        merged = shlex.quote(str(self.root.folder / "merged"))
        settings = {**self.environment, **environment}
        lines = [
            *self.root.script(writable=False),
            f"mount -t tmpfs -o mode=1777 tmpfs {merged}/tmp",
            f"mount --bind {volume} {merged}{self.volume}",
            f"cd {merged}",
            f"set -- /usr/bin/env -i -C {self.workdir} {_words(settings)} {shlex.join(self.command)}",
            f'exec setpriv --no-new-privs chroot --userspec={self.user} --groups= {merged} "$@"',
        ]
        return processes.start("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", "\n".join(lines))

    def inside(self, running: Process, command: str, *, user: str = "", text: str = "", **environment: str) -> str:
        """Run a command inside, as its user unless another is named; what it printed."""
        uid, _, gid = (user or self.user).partition(":")
        enter = ["nsenter", "--target", str(first_process(running)), "--mount", "--pid", "--root", "--wd"]
        enter += ["--setuid", uid, "--setgid", gid or uid, "env", "-i"]
        settings = [f"{name}={value}" for name, value in {**self.environment, **environment}.items()]
        done = subprocess.run(
            [*enter, *settings, "sh", "-c", command], capture_output=True, text=True, check=False, input=text
        )
        return done.stdout + done.stderr if done.returncode == 0 else f"{done.returncode}: {done.stderr}"


def first_process(running: Process) -> int:
    """The number, out here, of the process that is the first one inside."""
    return int(Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()[0])


def stop(running: Process, *, seconds: float = 30) -> int:
    """End it as an engine does, by SIGTERM to the first process inside; its exit status."""
    os.kill(first_process(running), signal.SIGTERM)
    return running.wait(seconds)


def _build(stage: Stage, roots: dict[str, Root], *, context: Path) -> None:
    root = roots[stage.name]
    merged, workdir = root.folder / "merged", "/"
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment = _words({**BASE, "HOME": "/root", **passed})
    lines = root.script(writable=True)
    for name, text in stage.instructions:
        if name == "WORKDIR":
            workdir = text
            lines.append(f"mkdir -p {merged}{workdir}")
        elif name == "COPY":
            lines += _copy(text, merged, workdir, roots, context)
        elif name == "RUN":
            lines.append(f"chroot {merged} /usr/bin/env -i -C {workdir} {environment} sh -ec {shlex.quote(text)}")
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def _copy(text: str, merged: Path, workdir: str, roots: dict[str, Root], context: Path) -> list[str]:
    *sources, target = text.split()
    origin = context
    if sources[0].startswith("--from="):
        origin = roots[sources.pop(0).removeprefix("--from=")].upper
    place = f"{merged}{target}" if target.startswith("/") else f"{merged}{workdir}/{target}"
    copies = []
    for source in sources:
        path = origin / source.lstrip("/")
        # Of a folder the contents are copied.
        copies.append(f"cp -a {path}{'/.' if path.is_dir() else ''} {place}")
    return [f"mkdir -p {place}", *copies]


def _words(settings: dict[str, str]) -> str:
    return " ".join(shlex.quote(f"{name}={value}") for name, value in settings.items())


def _may_overlay(folder: Path) -> bool:
    probe = Root(folder / "probe")
    command = ["unshare", "--mount", "--pid", "--fork", "sh", "-c", "\n".join(probe.script(writable=True))]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
