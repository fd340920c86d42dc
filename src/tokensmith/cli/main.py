"""The command tree. A command's module is imported when the command runs, so `--help` is quick and needs no extra."""

import importlib
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import click
from click.shell_completion import CompletionItem

from tokensmith import __version__


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, what it does, and which extra it needs."""

    module: str
    attribute: str
    help: str
    extra: str = "server"


COMMANDS: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        "serve": Entry("serve", "serve", "Run the token server."),
        "tour": Entry("tour", "tour", "See a token's whole journey, step by step, against live services.", "tour"),
        "migrate": Entry("migrate", "migrate", "Bring the database up to date."),
        "user": Entry("users", "user", "People: create, grant, forbid, password, disable, enable."),
        "resource": Entry("resources", "resource", "Services that take our tokens: create, list."),
        "client": Entry("clients", "client", "Programs that ask for tokens: create, list, allow, disable, enable."),
        "apply": Entry("apply", "apply", "Services and programs as a file has them: what differs, then the change."),
        "keys": Entry("keys", "keys", "Signing keys: list, rotate, retire."),
        "audit": Entry("audit", "audit", "What happened: list, export."),
        "restored": Entry("restored", "restored", "After a backup was restored: end all that it brought back to life."),
        "jwk": Entry("jwk", "jwk", "Keys as files: generate, public, thumbprint, convert, lint.", "cli"),
        "jwe": Entry("jwe", "jwe", "Encrypted bytes: encrypt, decrypt.", "cli"),
        "jws": Entry("jws", "jws", "Signed bytes: sign, verify.", "cli"),
        "jwt": Entry("jwt", "jwt", "Tokens: sign, verify, inspect, lint.", "cli"),
    }
)


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports one only to run it."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command.

        To a shell that completes a line, a command whose extra is missing is one that is not there: a message would
        land in the middle of what is being typed.

        Raises:
            ClickException: a library it needs is not installed; the message says which extra brings it.
        """
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        try:
            module = importlib.import_module(f"tokensmith.cli.{entry.module}")
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("tokensmith"):
                raise
            if ctx.resilient_parsing:
                return None
            text = f"{cmd_name!r} needs {error.name}: pip install 'tokensmith[{entry.extra}]'"
            raise click.ClickException(text) from None
        command: click.Command = getattr(module, entry.attribute)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands of the table, importing none of them, and the options."""
        offered = [
            CompletionItem(name, help=entry.help) for name, entry in COMMANDS.items() if name.startswith(incomplete)
        ]
        return offered + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tokensmith")
def tokensmith() -> None:
    """Token-based authentication: the server, its operation, a tour, and tools for keys and tokens.

    Start with `tokensmith tour`, or `tokensmith serve --demo` and a browser. `tokensmith jwt inspect` draws a token.
    """
    # Where the terminal knows no UTF-8, a name in a claim must not end in a traceback. JSON is written as bytes.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
