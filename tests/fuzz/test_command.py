"""What `make fuzz` says: which property broke, and that nothing was run where nothing can be."""

import pytest

from tests.architecture.tree import TOP
from tests.fuzz import command

HELD = "stat::number_of_executed_units: 4711\n#4711 DONE cov: 42 ft: 99\n"


def test_what_broke_is_told_with_its_log(capsys: pytest.CaptureFixture[str]) -> None:
    """One is enough to fail; the log has the input and the traceback."""
    fuzz = command.load()
    outcomes = [
        fuzz.Outcome(name="jwe", status=0, log=HELD),
        fuzz.Outcome(name="jws", status=77, log="LookupError: 'kid'"),
        fuzz.Outcome(name="jwt", status=0, log=HELD),
    ]

    assert fuzz.report(outcomes) == 1
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines() if line.endswith(("held", "BROKEN"))] == ["jwe", "jws", "jwt"]
    assert "4711 runs    42 branches   held" in said
    assert said.count("LookupError: 'kid'") == 1
    assert "tests.fuzz.one jws --replay" in said


def test_a_run_in_which_everything_held_passes() -> None:
    assert command.load().report([]) == 0


@pytest.mark.parametrize(
    ("environ", "version", "machine", "status"),
    [
        ({"REQUIRE_SERVICES": "1"}, (3, 11), "x86_64", 1),
        ({"REQUIRE_SERVICES": "1"}, (3, 12), "x86_64", 1),
        ({"REQUIRE_SERVICES": "1"}, (3, 13), "x86_64", 0),
        ({"REQUIRE_SERVICES": "1"}, (3, 12), "aarch64", 0),
        ({}, (3, 12), "x86_64", 0),
    ],
)
def test_a_missing_fuzzer_is_said_and_fails_only_where_it_could_be_had(
    environ: dict[str, str], version: tuple[int, int], machine: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """With REQUIRE_SERVICES=1 nothing is left out that can be run; and nobody takes silence for a quiet search."""
    assert command.load().say_missing(environ, version=version, machine=machine) == status
    assert capsys.readouterr().out.startswith("not run: ")


def test_ci_attacks_for_a_minute() -> None:
    """With nothing left out."""
    script = (TOP / ".ci" / "run").read_text()

    assert script.index("export REQUIRE_SERVICES=1") < script.index("step make fuzz SECONDS=60\n")
