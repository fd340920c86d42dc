"""The command: what it visits, with which status it ends, and that it can be ended."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.tour.stand_in import StandIn, standing_in
from tokensmith.tour import run
from tokensmith.tour.options import PASSWORD_VARIABLE


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No demo runs here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)


def visiting(services: StandIn, *more: str) -> int:
    base = ["--base", services.issuer, "--notes", services.notes, "--user", "ada", "--password", "right"]
    return run.main([*base, "--reuse-window", "1", *more])


def test_a_tour_that_does_not_hold_ends_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, and the summary says what failed."""
    with standing_in("no sign-in") as services:
        status = visiting(services)

    assert status == run.NOT_HELD
    assert "✗  1  Sign in: failed" in capsys.readouterr().out


def test_what_cannot_begin_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    """With one sentence and no traceback."""
    status = run.main(["--base", "http://127.0.0.1:1"])

    assert status == run.NOT_BEGUN
    assert "--base needs --notes" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Each step says that nobody answered."""
    nobody = "http://127.0.0.1:1"
    status = run.main(["--base", nobody, "--notes", nobody, "--user", "ada", "--password", "p"])

    assert status == run.NOT_HELD
    assert "no answer from 127.0.0.1:1" in capsys.readouterr().out


def test_a_broken_demo_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than taken for none."""
    (tmp_path / "demo.json").write_text("{")
    status = run.main(["--demo-file", str(tmp_path / "demo.json")])

    assert status == run.NOT_BEGUN
    assert "cannot be used" in capsys.readouterr().err


def test_the_demo_that_runs_here_is_visited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With nothing said on the command line but where its file is."""
    with standing_in("no sign-in") as services:
        demo = {
            "people": {"ada": "right", "grace": "p"},
            "clients": {"demo-short": "s"},
            "audience": services.notes,
            "issuer": services.issuer,
        }
        (tmp_path / "demo.json").write_text(json.dumps({"demo": demo}))
        status = run.main(["--demo-file", str(tmp_path / "demo.json")])

    assert status == run.NOT_HELD
    assert f"POST {services.issuer}/api/login" in capsys.readouterr().out


def test_the_service_of_a_demo_may_be_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--notes says where, and a slash at its end is no part of it."""
    with standing_in("no sign-in") as services:
        demo = {
            "people": {"ada": "right"},
            "clients": {"demo-short": "s"},
            "audience": "urn:n",
            "issuer": services.issuer,
        }
        (tmp_path / "demo.json").write_text(json.dumps({"demo": demo}))
        run.main(["--demo-file", str(tmp_path / "demo.json"), "--notes", f"{services.notes}/"])

    assert f"GET {services.notes}/notes" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_once(number: signal.Signals) -> None:
    """A second one must not interrupt the ending; afterwards all is as before.

    Whoever runs these tests may have had a signal ignored, as nohup does.
    """
    outside = signal.signal(number, signal.default_int_handler)
    try:
        with run.ended_by_signals():
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)

        assert signal.getsignal(number) == signal.default_int_handler
    finally:
        signal.signal(number, outside)


def test_nohup_is_respected() -> None:
    """A SIGHUP that was ignored is ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with run.ended_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
