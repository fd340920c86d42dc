"""`tokensmith tour` hands its arguments on, `--help` included, and ends with the tour's status."""

import pytest
from click.testing import CliRunner

from tokensmith.cli.main import tokensmith


def test_arguments_and_status_are_the_tour_s(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, ...]] = []

    def main(arguments: tuple[str, ...]) -> int:
        seen.append(arguments)
        return 7

    monkeypatch.setattr("tokensmith.tour.run.main", main)
    result = CliRunner().invoke(tokensmith, ["tour", "--base", "http://x", "--help", "-v"])

    assert (result.exit_code, seen) == (7, [("--base", "http://x", "--help", "-v")])
