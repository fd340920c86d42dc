"""The container image, built by the Containerfile's own instructions and run as its guide says: on a read-only root.

No engine is needed (see tests/services/image.py), and none is tried: what is the engine's own, such as the network of a
container and the base image, is not run here.
"""

import json
import stat
import tempfile
import time
from pathlib import Path

import httpx2

from tests.architecture.test_readme import blocks
from tests.architecture.test_requirements import hosts
from tests.architecture.tree import TOP
from tests.services.image import Image, first_process, stages, stop
from tests.services.processes import Process, Processes, free_port

CONTAINERFILE = TOP / "Containerfile"
GUIDE = TOP / "docs" / "how-to" / "run-in-a-container.md"
ISSUER = "https://id.example"
USER = 10001


def test_the_image_does_what_its_guide_says(processes: Processes) -> None:
    """One test: building is most of a minute, and tests that are spread over processes would each build their own."""
    with tempfile.TemporaryDirectory(prefix="tokensmith-image-") as folder:
        path = Path(folder)
        path.chmod(0o755)  # nobody's user has to get in
        image = Image.build(CONTAINERFILE, path)
        for holds in (
            it_serves_as_nobodys_user_from_a_root_that_cannot_be_written,
            its_health_is_asked_for_inside,
            several_processes_serve_and_are_counted_together,
            without_an_issuer_it_says_what_is_missing,
            nothing_but_the_program_is_in_it,
        ):
            holds(image, processes)


def started(image: Image, processes: Processes, volume: Path, port: int, **environment: str) -> Process:
    settings = {"TOKENSMITH_ISSUER": ISSUER, "TOKENSMITH_PORT": str(port), **environment}
    running = image.run(processes, volume, **settings)
    running.wait_for_port(port, seconds=60)
    httpx2.get(f"http://127.0.0.1:{port}/healthz", timeout=60).raise_for_status()
    return running


def kids(port: int) -> list[str]:
    keys = httpx2.get(f"http://127.0.0.1:{port}/.well-known/jwks.json").json()["keys"]
    return sorted(key["kid"] for key in keys)


def it_serves_as_nobodys_user_from_a_root_that_cannot_be_written(image: Image, processes: Processes) -> None:
    """The key is made beside the database, and both are private; what an operator types inside works.

    Started again, nothing is lost.
    """
    volume, port = image.make_volume("one"), free_port()
    running = started(image, processes, volume, port)
    assert httpx2.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    uids = Path(f"/proc/{first_process(running)}/status").read_text().partition("Uid:")[2].split()[:4]
    assert uids == [str(USER)] * 4
    assert "Read-only file system" in image.inside(running, "touch /opt/tokensmith/x", user="0:0")
    assert "Permission denied" in image.inside(running, "ls /data", user="4711:4711")
    create = "tokensmith user create root --admin --password-stdin"
    assert "Created root" in image.inside(running, create, text="correct horse\n", TOKENSMITH_ISSUER=ISSUER)
    before = kids(port)

    assert stop(running) == 0
    made = {path.name: path for path in volume.iterdir()}
    assert {"tokensmith.db", "tokensmith.db.sealing-key"} <= made.keys()
    assert {path.stat().st_uid for path in made.values()} == {USER}
    assert stat.S_IMODE(made["tokensmith.db.sealing-key"].stat().st_mode) == 0o600
    assert stat.S_IMODE(volume.stat().st_mode) == 0o700
    again = started(image, processes, volume, port)
    assert kids(port) == before
    assert stop(again) == 0


def its_health_is_asked_for_inside(image: Image, processes: Processes) -> None:
    """By the line that engines run: well while it answers, and not when it does not."""
    port = free_port()
    running = started(image, processes, image.make_volume("two"), port)
    (check,) = image.stage.of("HEALTHCHECK")
    command = check.removeprefix("CMD ")

    assert image.inside(running, command, TOKENSMITH_PORT=str(port)) == ""
    assert image.inside(running, command, TOKENSMITH_PORT=str(free_port())).startswith("1: ")
    stop(running)


def several_processes_serve_and_are_counted_together(image: Image, processes: Processes) -> None:
    """They count in files, for which /tmp is enough; all of them end."""
    port = free_port()
    volume = image.make_volume("three")
    running = started(image, processes, volume, port, TOKENSMITH_WORKERS="2")

    deadline = time.monotonic() + 30
    while "tokensmith_request_seconds_count" not in httpx2.get(f"http://127.0.0.1:{port}/metrics").text:
        assert time.monotonic() < deadline
    assert stop(running) == 0


def without_an_issuer_it_says_what_is_missing(image: Image, processes: Processes) -> None:
    """It listens to everybody inside, so it cannot guess who it is."""
    running = image.run(processes, image.make_volume("four"))

    assert running.wait(60) == 2
    assert "issuer: must be set" in running.output()


def nothing_but_the_program_is_in_it(image: Image, _: Processes) -> None:
    """No key, no database, no source, and no installer beside the program."""
    programs = {path.name for path in (image.root.upper / "opt" / "tokensmith" / "bin").iterdir()}
    written = {str(path.relative_to(image.root.upper)) for path in image.root.upper.glob("*/*")}

    assert written == {"opt/tokensmith"}
    assert "tokensmith" in programs
    assert not {"pip", "pip3"} & programs
    assert not list((image.root.upper / "data").iterdir())


def test_the_guide_and_the_file_agree() -> None:
    """Where the guide names the user, the port and the folder."""
    *_, last = stages(CONTAINERFILE.read_text())
    guide = GUIDE.read_text()
    manifest = "".join(blocks(guide, "yaml"))

    assert last.of("USER") == [f"{USER}:{USER}"]
    assert (last.of("VOLUME"), last.of("EXPOSE")) == (["/data"], ["8000"])
    assert json.loads(last.of("ENTRYPOINT")[0]) == ["tokensmith"]
    for text in (
        f"runAsUser: {USER}",
        f"fsGroup: {USER}",
        "mountPath: /data",
        "port: 8000",
        "readOnlyRootFilesystem: true",
    ):
        assert text in manifest
    for text in ("--read-only", "--tmpfs /tmp", "-v tokensmith:/data", ":8000"):
        assert text in guide


def test_no_package_host_is_named() -> None:
    """Whoever builds brings the index; the base image's name is all that says where anything comes from."""
    text = CONTAINERFILE.read_text().replace("sqlite:////data/", "").replace("http://127.0.0.1:", "")

    assert list(hosts(text)) == []


def test_what_an_engine_would_send_along_is_little() -> None:
    """The context is everything but what is named: no environment, no history, no database of whoever builds."""
    ignored = (TOP / ".dockerignore").read_text().split()
    copied = {
        source
        for stage in stages(CONTAINERFILE.read_text())
        for text in stage.of("COPY")
        if not text.startswith("--from=")
        for source in text.split()[:-1]
    }

    assert ignored[0] == "*"
    assert {entry.removeprefix("!") for entry in ignored if entry.startswith("!")} == copied
