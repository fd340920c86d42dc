"""Findings for people, in colours where there are some, and as members of JSON for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from tokensmith.cli.handed_out import hand_out
from tokensmith.cli.lint.rules import RULES, Finding, Severity
from tokensmith.cli.printable import as_json, one_line
from tokensmith.tour.layout import hang

NOT_VERIFIED: Final = "NOT VERIFIED: no signature was checked; anybody may have made this token."
MAX_WIDTH: Final = 100
SERIOUS_STATUS: Final = 1
STYLES: Final[Mapping[Severity, str]] = MappingProxyType({"serious": "bold red", "advice": "yellow"})
_INDENT: Final = len("serious  L00  ")


def _known(context: click.Context, _: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    # A number with a slip of the pen would let nothing pass, and nobody would know why.
    if unknown := sorted(set(values) - RULES.keys()):
        raise click.BadParameter(f"there is no {', '.join(unknown)}", context)
    return frozenset(values)


ignore_option = click.option(
    "--ignore",
    "ignored",
    metavar="NUMBER",
    multiple=True,
    callback=_known,
    help="Let a weakness pass; may be repeated.",
)


def report(findings: Sequence[Finding], *, ignored: frozenset[str], is_json: bool, is_token: bool = True) -> None:
    """Print findings; ends the program with status 1 if one of them is serious.

    Args:
        findings: In the order to print them.
        ignored: The numbers of rules whose findings are left out.
        is_json: Whether for programs.
        is_token: Whether there was a signature that nobody checked.
    """
    shown = [each for each in findings if each.rule.id not in ignored]
    if is_json:
        hand_out(as_json(({"verified": False} if is_token else {}) | {"findings": as_members(shown)}), output=None)
    else:
        console = Console(highlight=False)
        _show(console, shown)
        console.print(Text(_counted(shown)), soft_wrap=True)
        if is_token:
            console.print(Text(NOT_VERIFIED, "bold yellow"), soft_wrap=True)
    if any(each.rule.severity == "serious" for each in shown):
        raise click.exceptions.Exit(SERIOUS_STATUS)


def as_members(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Spell findings for programs."""
    return [
        {
            "rule": each.rule.id,
            "severity": each.rule.severity,
            "title": each.rule.title,
            "found": each.found,
            "fix": each.rule.fix,
            "clause": each.rule.clause,
        }
        for each in findings
    ]


def _show(console: Console, findings: Sequence[Finding]) -> None:
    width = min(console.width, MAX_WIDTH)
    for each in findings:
        rule = each.rule
        mark = Text.assemble((f"{rule.severity:<9}", STYLES[rule.severity]), (f"{rule.id}  ", "bold"))
        title = Text.assemble((rule.title, "bold"), (f"  {rule.clause}", "dim"))
        for line in (
            *hang(console, mark, title, indent=0, width=width),
            *hang(console, "", Text(one_line(each.found)), indent=_INDENT, width=width),
            *hang(console, Text("fix  ", "green"), Text(rule.fix), indent=_INDENT, width=width),
        ):
            console.print(line, soft_wrap=True)
        console.print()


def _counted(findings: Sequence[Finding]) -> str:
    counts = Counter(each.rule.severity for each in findings)
    if not counts:
        return "No weakness found."
    return f"{counts['serious']} serious, {counts['advice']} advice; each number is explained in docs/lint.md."
