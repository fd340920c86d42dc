"""A token drawn for people: its parts, every member in words, dates for its times, and what is odd about it.

It says first and last that nothing was verified, and a hint that is to be copied is never broken into two lines.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from tokensmith.cli.lint.report import MAX_WIDTH, NOT_VERIFIED, STYLES, as_members
from tokensmith.cli.lint.rules import Finding
from tokensmith.cli.loose_token import LooseToken
from tokensmith.cli.moment import moment
from tokensmith.cli.printable import one_line, printable
from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE, to_datetime
from tokensmith.jose.strict_json import JsonValue
from tokensmith.tour.anatomy import CLAIM_MEANINGS, HEADER_MEANINGS, MOMENTS, UNNAMED, Line, explain
from tokensmith.tour.layout import hang
from tokensmith.tour.redaction import shorten

_INDENT: Final = 2
# A longer name, such as a URL, has a line of its own.
_NAME_CHARS: Final = 12
# Below this width of what is left for values, meanings are left out.
_VALUE_CHARS: Final = 30
_HEADER_STYLE, _CLAIMS_STYLE, _REST_STYLE = "bright_red", "bright_magenta", "cyan"
_ENCRYPTED_MEANINGS: Final = MappingProxyType({**HEADER_MEANINGS, "alg": "how its key travels"})
_ENCRYPTED_PARTS: Final = ("header", "encrypted key", "initialization vector", "ciphertext", "tag")


class TokenView:
    """Draws tokens on a console; *now* is in seconds since 1970."""

    def __init__(self, console: Console, *, now: float) -> None:
        self._console = console
        self._width = min(console.width, MAX_WIDTH)
        self._now = now

    def draw(self, token: LooseToken, findings: list[Finding]) -> None:
        """Print a token and the titles of what lint found."""
        kind = "An encrypted token (JWE)" if token.is_encrypted else "A signed token (JWS)"
        if token.appended:
            kind = "A token with selective disclosure (SD-JWT)"
        self._put(Text.assemble((kind, "bold"), f", {len(token.parts)} parts, {token.size} bytes"))
        self._put(Text(NOT_VERIFIED, "bold yellow"))
        self._console.print()
        self._put(self._outline(token), indent=_INDENT)
        meanings = _ENCRYPTED_MEANINGS if token.is_encrypted else HEADER_MEANINGS
        self._section("Header", token.header, meanings, style=_HEADER_STYLE)
        if token.claims is not None:
            self._section("Claims", token.claims, CLAIM_MEANINGS, style=_CLAIMS_STYLE)
        if token.disclosures:
            self._disclosures(token.disclosures)
        self._rest(token)
        self._odd(findings)
        self._hints(token)

    def _outline(self, token: LooseToken) -> Text:
        styles = (_HEADER_STYLE, _CLAIMS_STYLE, *[_REST_STYLE] * 3)
        parts = [Text(printable(shorten(part)), style) for part, style in zip(token.parts, styles, strict=False)]
        return Text(".").join(parts)

    def _section(
        self, title: str, members: Mapping[str, JsonValue], meanings: Mapping[str, str], *, style: str
    ) -> None:
        self._console.print()
        self._put(Text(title, "bold"))
        lines = list(explain(members, meanings))
        if not lines:
            self._put(Text("none", "dim"), indent=_INDENT)
            return
        names = min(max(len(one_line(line.name)) for line in lines), _NAME_CHARS)
        words = max((len(line.meaning) for line in lines if line.meaning != UNNAMED), default=0)
        if self._width - _INDENT - names - words - 4 < _VALUE_CHARS:
            words = 0
        for line in lines:
            self._member(line, members[line.name], names=names, words=words, style=style)

    def _member(self, line: Line, value: JsonValue, *, names: int, words: int, style: str) -> None:
        # A name may hold line ends, and with them a line of its own that says "verified".
        name, value_text = one_line(line.name), self._value(line, value)
        if len(name) > names:
            self._put(Text(name, style), indent=_INDENT)
            self._put(value_text, indent=2 * _INDENT)
            return
        meaning = "" if line.meaning == UNNAMED else line.meaning
        mark = Text.assemble((f"{name:<{names}}  ", style), (f"{meaning:<{words}}  ", "dim") if words else "")
        self._put(value_text, mark=mark, indent=_INDENT)

    def _value(self, line: Line, value: JsonValue) -> Text:
        written = moment(line.name, value, now=self._now) if line.name in MOMENTS else None
        if written is None:
            return Text(one_line(line.value))
        return Text(written, "bold red" if "EXPIRED" in written else "")

    def _disclosures(self, disclosures: tuple[tuple[str, JsonValue], ...]) -> None:
        self._console.print()
        self._put(Text("Disclosed", "bold"))
        lines = [next(explain({name or "in an array": value}, {})) for name, value in disclosures]
        names = min(max(len(one_line(line.name)) for line in lines), _NAME_CHARS)
        for line, (_, value) in zip(lines, disclosures, strict=True):
            self._member(line, value, names=names, words=0, style=_CLAIMS_STYLE)

    def _rest(self, token: LooseToken) -> None:
        self._console.print()
        if token.is_encrypted:
            self._put(Text("Encrypted", "bold"))
            for name, octets in list(zip(_ENCRYPTED_PARTS, token.octets, strict=True))[1:]:
                self._put(Text(f"{len(octets)} bytes"), mark=Text(f"{name:<23}", _REST_STYLE), indent=_INDENT)
            self._put(Text("Nothing was decrypted; that takes the receiver's key.", "dim"), indent=_INDENT)
            return
        if token.claims is None:
            self._put(Text("Payload", "bold"))
            self._put(Text(f"{len(token.octets[1])} bytes, no JSON object"), indent=_INDENT)
            self._console.print()
        self._put(Text("Signature", "bold"))
        self._put(Text(f"{len(token.signature)} bytes over the two parts above", _REST_STYLE), indent=_INDENT)

    def _odd(self, findings: list[Finding]) -> None:
        if not findings:
            return
        self._console.print()
        self._put(Text("Odd", "bold"))
        for each in findings:
            text = Text.assemble(each.rule.title, (f" {one_line(each.found)}", "dim"))
            self._put(text, mark=Text(f"{each.rule.id}  ", STYLES[each.rule.severity]), indent=_INDENT)

    def _hints(self, token: LooseToken) -> None:
        self._console.print()
        self._put(Text(NOT_VERIFIED, "bold yellow"))
        hints = ["tokensmith jwt lint < TOKEN"]
        if token.is_encrypted:
            hints = ["tokensmith jwe decrypt --key FILE < TOKEN", *hints]
        elif not token.appended:
            hints = ["tokensmith jwt verify --key FILE --issuer URI --audience URI < TOKEN", *hints]
        for hint in hints:
            # Whole, even where it is wider than the terminal: it is there to be copied.
            self._console.print(Text(f"  {hint}", "dim"), soft_wrap=True)

    def _put(self, text: Text, *, mark: Text | str = "", indent: int = 0) -> None:
        for line in hang(self._console, mark, text, indent=indent, width=self._width):
            self._console.print(line, soft_wrap=True)


def token_members(token: LooseToken, findings: list[Finding]) -> dict[str, Any]:
    """Spell for programs what the drawing says; "verified" is always false, and so is "decrypted"."""
    members: dict[str, Any] = {
        "verified": False,
        "kind": "SD-JWT" if token.appended else "JWE" if token.is_encrypted else "JWS",
        "bytes": token.size,
        "header": token.header,
    }
    if token.is_encrypted:
        members["decrypted"] = False
    else:
        members |= {"claims": token.claims, "signature_bytes": len(token.signature)}
    if token.appended:
        members["disclosures"] = [{"name": name, "value": value} for name, value in token.disclosures]
    return members | {"times": dict(_times(token.claims or {})), "findings": as_members(findings)}


def _times(claims: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for name in sorted(MOMENTS & claims.keys()):
        value = claims[name]
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_NUMERIC_DATE:
            yield name, f"{to_datetime(value):%Y-%m-%dT%H:%M:%SZ}"
