"""Lines that fit, and end where their text ends."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from tokensmith.tour.layout import MAX_CHARACTERS, body_lines, hang, header_lines, member_rows, tinted

TOKEN = "eyJhbG…NiJ9.eyJpc3…cyJ9.abcdef…wxyz"


def hung(text: str, *, width: int, mark: str = "✓ ") -> list[str]:
    console = Console(file=io.StringIO(), width=200)
    return [line.plain for line in hang(console, mark, Text(text), indent=2, width=width)]


def test_later_lines_begin_under_the_text() -> None:
    """The mark stands alone in its column."""
    assert hung("one two three", width=11) == ["  ✓ one two", "    three"]


def test_no_line_ends_in_a_space() -> None:
    """Nor is one longer than there is room for."""
    lines = hung("one two three four five", width=12)

    assert all(line == line.rstrip() and len(line) <= 12 for line in lines)


def test_a_word_too_long_for_a_line_is_folded() -> None:
    """Nothing of a URL is lost, however narrow the terminal."""
    assert "".join(line.strip() for line in hung("abcdefghij", width=8, mark="")) == "abcdefghij"
    assert "".join(line.strip() for line in hung("abc", width=1, mark="")) == "abc"


def lines(body: str, *, width: int = 30) -> list[str]:
    return [line.plain for line in body_lines(body, width=width)]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("{}", ["{}"]),
        ('{"a": 1}', ['{"a": 1}']),
        ('{"first": "one", "second": "two"}', ['{"first": "one",', ' "second": "two"}']),
        ("first=one&second=two", ["first=one&second=two"]),
        ("first=one&second=two&third=three", ["first=one&second=two&", "third=three"]),
        ("Not Found", ["Not Found"]),
        ("[1, 2]", ["[1, 2]"]),
    ],
)
def test_bodies_break_between_their_members(body: str, shown: list[str]) -> None:
    """JSON objects after a comma, forms after an ampersand, anything else where it must."""
    assert lines(body) == shown


def test_headers_break_between_their_parameters() -> None:
    """A quoted text stays in one piece; later lines stand in a little."""
    value = 'Bearer error="invalid_token", error_description="The token has expired."'
    shown = [line.plain for line in header_lines("WWW-Authenticate", value, width=60)]

    assert shown == [
        'WWW-Authenticate: Bearer error="invalid_token",',
        '  error_description="The token has expired."',
    ]


def test_a_header_that_fits_stays_on_its_line() -> None:
    """With its secrets hidden."""
    (line,) = header_lines("Authorization", "Bearer tsr_" + "x" * 40, width=60)

    assert line.plain == "Authorization: Bearer tsr_xx…xxxx"


def test_secrets_are_hidden_before_lines_are_broken() -> None:
    """Half a token would not be recognised as one."""
    refresh = "tsr_" + "x" * 60

    assert lines(f'{{"refresh_token": "{refresh}"}}', width=40) == ['{"refresh_token": "tsr_xx…xxxx"}']
    assert lines(f"token={refresh}&a=1", width=20) == ["token=tsr_xx…xxxx&", "a=1"]


def test_an_error_page_is_shown_by_its_beginning() -> None:
    """Enough to recognise it."""
    assert sum(map(len, lines("x" * 5000))) == MAX_CHARACTERS


def test_a_token_has_three_colours() -> None:
    """Wherever it appears; unsigned, it has two."""
    assert [str(span.style) for span in tinted(f"Bearer {TOKEN}").spans] == ["bright_red", "bright_magenta", "cyan"]
    assert {str(span.style) for span in tinted("eyJhbG…lIn0.eyJpc3…cyJ9.").spans if span} == {
        "bright_red",
        "bright_magenta",
    }


def test_members_stand_in_columns() -> None:
    """Names and meanings as wide as the widest."""
    rows = member_rows({"a": "1", "bcd": "2"}, {"a": "short", "bcd": "longer"}, style="red")

    assert [(mark.plain, value.plain) for mark, value in rows] == [("a    short   ", "1"), ("bcd  longer  ", "2")]
