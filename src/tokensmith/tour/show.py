"""The tour on a terminal: what is sent →, what comes back ←, and ✓ or ✗ for everything that had to hold.

In colours where there are some; signs and words say the same without them, since pipes, NO_COLOR and people who do not
tell red from green get none. Nothing secret is printed: see `redaction.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, assert_never

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from tokensmith.jose import base64url
from tokensmith.tour.anatomy import CLAIM_MEANINGS, HEADER_MEANINGS, Anatomy
from tokensmith.tour.exchange import Exchange, Request
from tokensmith.tour.layout import body_lines, hang, header_lines, member_rows, tinted
from tokensmith.tour.page import Check, Entry, Remark
from tokensmith.tour.redaction import shorten
from tokensmith.tour.steps import Step
from tokensmith.tour.walk import Outcome, Result

# Wider lines are harder to read, not easier.
MAX_WIDTH: Final = 110
INDENT: Final = 4
# Of an answer's headers, those that say something about tokens.
SHOWN_HEADERS: Final = ("WWW-Authenticate", "Cache-Control", "Retry-After")
OUTCOME_SIGNS: Final[Mapping[Outcome, tuple[str, str]]] = MappingProxyType(
    {"held": ("✓ ", "bold green"), "failed": ("✗ ", "bold red"), "not run": ("– ", "bold yellow")}
)


class Screen:
    """A guide that prints."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def begin(self, number: int, step: Step) -> None:
        """Announce a step."""
        title = Text.assemble((step.title, "bold"), " ")
        title.append("─" * (self._width - INDENT - title.cell_len), "dim")
        self._console.print()
        for line in hang(self._console, Text(f"{number:>2}  ", "bold cyan"), title, indent=0, width=self._width):
            self._console.print(line, soft_wrap=True)
        self._put(Text(step.about, style="italic"))

    def sending(self, request: Request) -> None:
        """Show a request: method, URL, headers, body."""
        self._console.print()
        self._put(Text.assemble((request.method, "bold"), f" {request.url}"), mark=Text("→ ", "bright_blue"))
        for name, value in request.headers:
            self._header(name, value)
        self._body(request.body)

    def entry(self, entry: Entry) -> None:
        """Show what came back, a check, a remark or a token."""
        match entry:
            case Exchange():
                self._answer(entry)
            case Check():
                self._check(entry)
            case Remark(text):
                self._put(Text(text, "dim"))
            case Anatomy():
                self._token(entry)
            case _:
                assert_never(entry)

    @contextmanager
    def waiting(self, why: str) -> Iterator[None]:
        """Show that we wait: moving while it lasts on a terminal, and as a line that stays."""
        line = Text(f"… {why}", "dim")
        if not self._console.is_terminal:
            self._put(line)
            yield
            return
        moving = Padding(Spinner("dots", text=Text(why, "dim")), (0, 0, 0, INDENT))
        with Live(moving, console=self._console, transient=True):
            yield
        self._put(line)

    def end(self, result: Result) -> None:
        """Say why a step was not run or broke off; one that went through has shown its checks."""
        if result.reason:
            sign, style = OUTCOME_SIGNS[result.outcome]
            self._put(Text.assemble((f"{result.outcome}: ", style), result.reason), mark=Text(sign, style))

    def summary(self, results: Sequence[Result], *, seconds: float) -> None:
        """Print what became of each step, and of all."""
        self._console.print()
        self._console.print(Text("─" * self._width, "dim"))
        for result in results:
            sign, style = OUTCOME_SIGNS[result.outcome]
            tail = "" if result.outcome == "held" else f": {result.outcome}"
            self._put(Text(f"{result.number:>2}  {result.title}{tail}"), mark=Text(sign, style))
        held = sum(result.outcome == "held" for result in results)
        self._console.print()
        style = "bold green" if held == len(results) else "bold red"
        self._put(Text(f"{held} of {len(results)} steps held, in {seconds:.1f} s.", style))

    @property
    def _width(self) -> int:
        return min(self._console.width, MAX_WIDTH)

    @property
    def _inner_width(self) -> int:
        return self._width - INDENT - 2

    def _put(self, text: Text, *, mark: Text | str = "") -> None:
        for line in hang(self._console, mark, text, indent=INDENT, width=self._width):
            self._console.print(line, soft_wrap=True)

    def _header(self, name: str, value: str) -> None:
        for line in header_lines(name, value, width=self._inner_width):
            self._put(line, mark="  ")

    def _body(self, body: str) -> None:
        if body:
            for line in body_lines(body, width=self._inner_width):
                self._put(line, mark="  ")

    def _answer(self, answer: Exchange) -> None:
        style = "bold green" if answer.status < 400 else "bold yellow"
        took = (f"  {answer.milliseconds:.0f} ms", "dim")
        self._put(Text.assemble((f"{answer.status} {answer.reason}", style), took), mark=Text("← ", "bright_blue"))
        for name in SHOWN_HEADERS:
            if name.lower() in answer.headers:
                self._header(name, answer.headers[name.lower()])
        self._body(answer.body)

    def _check(self, check: Check) -> None:
        sign, style = OUTCOME_SIGNS["held" if check.held else "failed"]
        text = Text(check.text)
        if not check.held:
            text.append(f"  (found: {check.found})", "red")
        self._put(text, mark=Text(sign, style))

    def _token(self, anatomy: Anatomy) -> None:
        self._console.print()
        self._put(tinted(".".join(map(shorten, anatomy.parts))))
        for members, meanings, style in (
            (anatomy.header, HEADER_MEANINGS, "bright_red"),
            (anatomy.claims, CLAIM_MEANINGS, "bright_magenta"),
        ):
            self._console.print()
            for mark, value in member_rows(members, meanings, style=style):
                self._put(value, mark=mark)
        self._console.print()
        octets = len(base64url.decode(anatomy.parts[2]))
        self._put(Text.assemble((f"{octets} bytes", "cyan"), (" of signature over the two parts above", "dim")))
        self._console.print()
