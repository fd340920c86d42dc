"""A token as it is drawn."""

import io
import json

import pytest
from rich.console import Console

from tests.cli.lint.test_of_token import CASES, CLAIMS, HEADER, NOW, encrypted, part, with_claims, with_header
from tokensmith.cli.lint.of_token import lint_token
from tokensmith.cli.lint.report import NOT_VERIFIED
from tokensmith.cli.loose_token import read_loosely
from tokensmith.cli.token_view import TokenView, token_members
from tokensmith.jose import base64url

LONG = "https://claims.example/a/very/long/name"


def drawn(token: str, *, width: int = 80, terminal: bool = False, no_color: bool | None = None) -> str:
    output = io.StringIO()
    console = Console(file=output, width=width, force_terminal=terminal, no_color=no_color, highlight=False)
    loose = read_loosely(token)
    TokenView(console, now=NOW).draw(loose, lint_token(loose, now=NOW))
    return output.getvalue()


def test_a_signed_token_is_drawn_whole() -> None:
    """Parts, members in words, times as dates, the signature, and twice that nothing was verified."""
    assert drawn(with_claims(iat=NOW - 60, exp=NOW + 840, aud=["https://api.example"])) == (
        "A signed token (JWS), 3 parts, 301 bytes\n"
        f"{NOT_VERIFIED}\n"
        "\n"
        "  eyJhbG…EifQ.eyJpc3…0MH0.AAAAAA…AAAA\n"
        "\n"
        "Header\n"
        "  alg  how it is signed    ES256\n"
        "  kid  with which key      k1\n"
        "  typ  what kind of token  at+jwt\n"
        "\n"
        "Claims\n"
        "  iss  who issued it          https://id.example\n"
        "  sub  whom it speaks for     ada\n"
        '  aud  the service it is for  ["https://api.example"]\n'
        "  exp  no good from then on   2023-11-14 22:27:20 UTC, 14 min left\n"
        "  iat  when it was issued     2023-11-14 22:12:20 UTC, 1 min ago\n"
        "\n"
        "Signature\n"
        "  64 bytes over the two parts above\n"
        "\n"
        f"{NOT_VERIFIED}\n"
        "  tokensmith jwt verify --key FILE --issuer URI --audience URI < TOKEN\n"
        "  tokensmith jwt lint < TOKEN\n"
    )


def test_an_encrypted_token_shows_five_parts_and_its_header() -> None:
    """The header in words, the four others by their size; and that nothing was decrypted."""
    text = drawn(encrypted())

    assert text.startswith(f"An encrypted token (JWE), 5 parts, 91 bytes\n{NOT_VERIFIED}\n")
    assert "  alg  how its key travels  ECDH-ES\n" in text
    assert "  enc  how it is encrypted  A256GCM\n" in text
    for name in ("encrypted key", "initialization vector", "ciphertext", "tag"):
        assert f"  {name:<23}3 bytes\n" in text
    assert "Nothing was decrypted; that takes the receiver's key.\n" in text
    assert "Claims" not in text
    assert "jwt verify" not in text
    assert text.endswith("  tokensmith jwe decrypt --key FILE < TOKEN\n  tokensmith jwt lint < TOKEN\n")


def test_bytes_that_are_no_claims_are_counted() -> None:
    text = drawn(f"{part(HEADER)}.{base64url.encode(b'text')}.AAAA")

    assert "Payload\n  4 bytes, no JSON object\n" in text
    assert "Claims" not in text


def test_no_claims_are_said_to_be_none() -> None:
    assert "Claims\n  none\n" in drawn(f"{part(HEADER)}.{part({})}.AAAA")


def test_what_is_odd_is_named_with_its_number() -> None:
    """What lint finds, without the remedies."""
    text = drawn(with_claims(exp=NOW - 1, nbf=NOW + 60, iat="soon"))

    assert 'Odd\n  L05  A time is not a number. Not a number: "iat".\n  L17  It is never good.' in text
    assert "2023-11-14 22:13:19 UTC, EXPIRED 1 s ago" in text
    assert "2023-11-14 22:14:20 UTC, in 1 min" in text
    assert "Odd" not in drawn(with_claims())


def test_a_long_name_has_a_line_of_its_own() -> None:
    """It would push all values to the edge."""
    text = drawn(with_claims(**{LONG: ["admin"], "own": 1}))

    assert f'\n  {LONG}\n    ["admin"]\n' in text
    assert "\n  own                                  1\n" in text


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("token", [token for _, token in CASES[::4]] + [with_claims(**{LONG: "word " * 60})])
def test_no_line_is_too_wide_or_ends_in_a_space(token: str, width: int) -> None:
    """Hints aside, which are never broken; a line of more than 100 columns is hard to read."""
    lines = drawn(token, width=width).splitlines()
    hints = [line for line in lines if line.startswith("  tokensmith ")]

    assert max(len(line) for line in lines if line not in hints) <= min(width, 100)
    assert [line for line in lines if line != line.rstrip()] == []
    assert hints[-1] == "  tokensmith jwt lint < TOKEN"
    assert all(len(hint) <= 80 for hint in hints)


def test_meanings_give_way_where_it_is_narrow() -> None:
    assert "  iss  https://id.example\n" in drawn(with_claims(), width=40)


def test_nothing_in_a_token_steers_the_terminal_or_forges_a_line() -> None:
    """Neither a value nor a name, in the header or in the claims."""
    attack = "\x1b[2J\n\nVERIFIED with ES256 key k1.\n\u202e"
    text = drawn(with_claims(**{"sub": attack, attack: "x", "list": [attack]}))
    header = drawn(with_header(**{"typ": attack, attack: 1, "kid": attack}))

    assert all(character.isprintable() or character == "\n" for character in text + header)
    assert [line for line in (text + header).splitlines() if line.startswith("VERIFIED")] == []


def test_nothing_in_a_token_is_taken_for_markup() -> None:
    assert "[red]x[/red]" in drawn(with_claims(sub="[red]x[/red]"))


def test_colours_are_only_for_terminals_that_want_them() -> None:
    """A pipe gets none at all, NO_COLOR none but bold and dim."""
    assert "\x1b[91m" in drawn(with_claims(), terminal=True, no_color=False)
    assert "\x1b[91m" not in drawn(with_claims(), terminal=True, no_color=True)
    assert "\x1b" not in drawn(with_claims())


def test_the_whole_token_is_never_drawn() -> None:
    """What is pasted into a ticket is no token that works."""
    token = with_claims()

    assert all(piece not in drawn(token, width=200) for piece in token.split("."))


def test_programs_get_the_same_as_members() -> None:
    loose = read_loosely(with_claims(auth_time=0, nbf="soon", updated_at=True))
    members = json.loads(json.dumps(token_members(loose, lint_token(loose, now=NOW))))

    assert members["verified"] is False
    assert (members["kind"], members["bytes"], members["signature_bytes"]) == ("JWS", loose.size, 64)
    assert (members["header"], members["claims"]["sub"]) == (HEADER, CLAIMS["sub"])
    assert members["times"] == {
        "auth_time": "1970-01-01T00:00:00Z",
        "exp": "2023-11-14T22:28:20Z",
        "iat": "2023-11-14T22:13:20Z",
    }
    assert [each["rule"] for each in members["findings"]] == ["L05"]


def test_an_encrypted_token_has_no_members_to_read() -> None:
    loose = read_loosely(encrypted())

    assert token_members(loose, []) == {
        "verified": False,
        "kind": "JWE",
        "bytes": loose.size,
        "header": loose.header,
        "decrypted": False,
        "times": {},
        "findings": [],
    }


def test_what_an_sd_jwt_discloses_is_drawn() -> None:
    """Names and values; nothing in them steers the terminal, either."""
    member, element = part(["salt", "given\n_name", "Zoë\x1b"]), part(["salt", ["a"]])
    text = drawn(f"{with_claims()}~{member}~{element}~")

    assert text.startswith("A token with selective disclosure (SD-JWT), 3 parts")
    assert 'Disclosed\n  given\\n_name  Zoë\\u001b\n  in an array   ["a"]\n' in text
    assert "jwt verify" not in text


def test_programs_get_what_is_disclosed() -> None:
    members = token_members(read_loosely(f"{with_claims()}~{part(['salt', 'name', 'ada'])}~"), [])

    assert (members["kind"], members["disclosures"]) == ("SD-JWT", [{"name": "name", "value": "ada"}])
