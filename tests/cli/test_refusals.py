"""Messages and statuses: 1 is the token's fault, 2 is ours."""

import click
import pytest

from tokensmith.cli.refusals import told
from tokensmith.jose.errors import ExpiredTokenError, JoseError, KeyMaterialError


def message(error: Exception) -> tuple[int, str]:
    with pytest.raises(click.ClickException) as caught, told():
        raise error
    return caught.value.exit_code, caught.value.message


def test_a_refused_token_is_status_1_with_code_and_detail() -> None:
    """The one who runs the command is the one who reads the log."""
    assert message(ExpiredTokenError("The token has expired.", detail="exp=1 now=2")) == (
        1,
        "NOT VERIFIED. The token has expired.\n  code    expired\n  detail  exp=1 now=2",
    )
    assert message(JoseError("No.")) == (1, "NOT VERIFIED. No.\n  code    jose")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("algorithm_required", "--alg NAME"),
        ("symmetric_key", "--private"),
        ("password", "--password-file FILE"),
        ("malformed_key", ""),
    ],
)
def test_trouble_with_a_key_is_status_2_and_says_what_to_type(code: str, advice: str) -> None:
    """In the words of the command line, where the library's would be those of Python."""
    status, text = message(KeyMaterialError("No.", code=code))

    assert (status, advice in text) == (2, True)
    assert text.startswith(f"No.\n  code    {code}")


def test_a_detail_cannot_steer_the_terminal() -> None:
    """It may quote the token."""
    assert "\x1b" not in message(ExpiredTokenError("No.", detail="\x1b[2J"))[1]


def test_an_option_that_makes_no_sense_is_status_2() -> None:
    assert message(ValueError("alg is one of …")) == (2, "alg is one of …")


def test_a_mistake_of_ours_is_no_message() -> None:
    """It is a traceback, which somebody will report."""
    with pytest.raises(TypeError), told():
        raise TypeError("audience is a string")


def test_a_long_text_is_broken_between_words() -> None:
    """With what click writes before it, no line has more than 80 columns."""
    text = message(ExpiredTokenError("many words " * 20))[1]

    assert max(map(len, text.splitlines())) <= 80 - len("Error: ")
    assert text.split()[:4] == ["NOT", "VERIFIED.", "many", "words"]
