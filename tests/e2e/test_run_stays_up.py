"""`make run`: what it prints can be tried, others can visit, and it ends when it is told to, with all it started."""

import os
import re
import signal
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.conftest import STAYS_UP, Stay, begin_stay, finish, quiet_port
from tests.services import machine
from tests.services.processes import Processes, is_listening
from tests.tour.stand_in import standing_in
from tests.tour.test_service_steps import REFUSALS

COMMANDS = re.compile(r"^(?:TOKEN=|curl ).*$", re.MULTILINE)


def ports_of(stay: Stay) -> list[int]:
    return [urlsplit(url).port or 0 for url in (stay.demo.issuer, stay.demo.audience)]


def children_of(stay: Stay) -> list[int]:
    listed = Path(f"/proc/{stay.process.pid}/task/{stay.process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def test_the_commands_it_prints_work_as_they_stand(stay: Stay) -> None:
    """Pasted into a shell: grace signs in, reads her notes, and writes one."""
    machine.need("curl", lambda: machine.on_path("curl"), packages=("curl",))
    commands = COMMANDS.findall(stay.process.output())
    done = finish(["bash", "-euc", "\n".join([*commands, 'echo "token $TOKEN"'])], stay.folder)

    assert len(commands) == 3
    assert re.findall(r"^HTTP/1\.1 (\d+)", done.stdout, re.MULTILINE) == ["200", "201"], done.stdout + done.stderr
    assert '["Hello"]' in done.stdout
    assert re.search(r"^token eyJ", done.stdout, re.MULTILINE)


def test_it_tells_who_can_sign_in_and_where(stay: Stay) -> None:
    """The passwords of this very run."""
    text = stay.process.output()

    assert stay.demo.people["ada"] in text
    assert stay.demo.people["grace"] in text
    assert f"{stay.demo.audience}/docs" in text


def test_the_tour_command_visits_it(stay: Stay) -> None:
    """`tokensmith tour` in the same folder, with nothing said."""
    done = finish([sys.executable, "-m", "tokensmith", "tour"], stay.folder)

    assert "15 of 15 steps held" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    assert stay.demo.issuer in done.stdout


def test_a_demo_without_a_service_gets_one_for_the_visit(tmp_path: Path, processes: Processes) -> None:
    """`serve --demo` on one terminal, `tokensmith tour` on another; afterwards only the server is left."""
    port = quiet_port()
    audience = f"http://127.0.0.1:{port + 1}"
    demo = ("--demo", "--demo-audience", audience, "--demo-file", str(tmp_path / ".run/demo.json"))
    where = ("--port", str(port), "--database", f"sqlite:///{tmp_path / 'x.db'}")
    processes.start(sys.executable, "-m", "tokensmith", "serve", *where, *demo, port=port)
    wait_for_file(tmp_path / ".run/demo.json")
    done = finish([sys.executable, "-m", "tokensmith", "tour"], tmp_path)

    assert "The notes service is ready" in done.stdout, done.stdout + done.stderr
    assert "15 of 15 steps held" in done.stdout
    assert is_listening(port)
    assert not is_listening(port + 1)


def wait_for_file(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_service_that_lets_everybody_in_is_found_out(stay: Stay) -> None:
    """The real server and a careless service: every refusal fails, and the status says so."""
    with standing_in("everybody in") as careless:
        base = ["--base", stay.demo.issuer, "--notes", careless.notes, "--audience", stay.demo.audience]
        who = ["--user", "ada", "--client", "demo-short", "--reuse-window", "1"]
        secrets = {
            "TOKENSMITH_TOUR_PASSWORD": stay.demo.people["ada"],
            "TOKENSMITH_TOUR_CLIENT_SECRET": stay.demo.clients["demo-short"],
        }
        done = finish([sys.executable, "-m", "tokensmith", "tour", *base, *who], stay.folder, **secrets)

    assert done.returncode == 1, done.stdout + done.stderr
    assert set(re.findall(r"✗ +\d+  (.+): failed", done.stdout)) == REFUSALS
    assert f"{15 - len(REFUSALS)} of 15 steps held" in done.stdout


def test_it_ends_with_all_it_started(tmp_path: Path) -> None:
    """On Ctrl-C; the tour having held, with 0."""
    staying = begin_stay(tmp_path)
    try:
        staying.wait_for(STAYS_UP)
        ports = ports_of(staying)
        assert all(map(is_listening, ports))

        assert staying.end(signal.SIGINT) == 0
        assert not any(map(is_listening, ports))
        assert "Ending both." in staying.process.output()
    finally:
        staying.process.stop()


def test_it_can_be_ended_in_the_middle_of_the_tour(tmp_path: Path) -> None:
    """By SIGTERM, as service managers do: status 130, and nobody is left."""
    staying = begin_stay(tmp_path)
    try:
        staying.wait_for("An expired token")
        ports = ports_of(staying)

        assert staying.end(signal.SIGTERM) == 130
        assert not any(map(is_listening, ports))
    finally:
        staying.process.stop()


def test_it_ends_when_a_service_does(tmp_path: Path) -> None:
    """It says which, and takes the other one with it."""
    staying = begin_stay(tmp_path)
    try:
        staying.wait_for(STAYS_UP)
        ports = ports_of(staying)
        os.kill(children_of(staying)[1], signal.SIGKILL)

        assert staying.process.wait(30) == 2
        assert "The notes service has ended with status -9" in staying.process.output()
        assert not any(map(is_listening, ports))
    finally:
        staying.process.stop()
