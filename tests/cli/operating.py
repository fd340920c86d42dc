"""Runs operators' commands over a database of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner, Result

from tokensmith.cli.migrate import migrate


@dataclass(frozen=True)
class Operator:
    """Somebody at a terminal, with one database."""

    database: str

    def run(self, command: click.Command, *arguments: str, text: str = "") -> Result:
        """Run a command, *text* on its standard input; whatever its outcome."""
        return CliRunner().invoke(command, [*arguments, "--database", self.database], input=text)

    def do(self, command: click.Command, *arguments: str, text: str = "") -> str:
        """Run a command that has to succeed; what it wrote to standard output."""
        result = self.run(command, *arguments, text=text)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, command: click.Command, *arguments: str, text: str = "") -> str:
        """Run a command that has to be refused, with a message and no traceback."""
        result = self.run(command, *arguments, text=text)
        assert result.exit_code == 1, result.output
        assert result.stderr.startswith("Error: "), result.output
        return result.stderr


def operator_at(folder: Path, *, migrated: Sequence[click.Command] = (migrate,)) -> Operator:
    """Make a database in a folder."""
    operator = Operator(f"sqlite:///{folder / 'tokensmith.db'}")
    for command in migrated:
        operator.do(command)
    return operator
