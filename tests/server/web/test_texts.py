"""The catalogues."""

import re

import pytest

from tests.server.web.requests import make_request
from tokensmith.server.web.texts import LANGUAGES, texts_for, texts_in


def test_every_language_says_everything() -> None:
    """The same keys, and the same values to put in."""
    catalogues = [texts_in(language).entries for language in LANGUAGES]

    assert len(catalogues) == 2
    for key, text in catalogues[0].items():
        for other in catalogues[1:]:
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", other[key])), key
    assert all(other.keys() == catalogues[0].keys() for other in catalogues)


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        (None, None, "en"),
        (None, "de", "de"),
        (None, "DE-at", "de"),
        (None, "de;q=0.1,en;q=0.2", "en"),
        (None, "de;q=0,fr", "en"),
        (None, "de;q=nonsense", "en"),
        (None, "*", "en"),
        ("fr", "de", "de"),
        ("fr de", "en", "de"),
        (None, "x," * 600 + "de", "en"),
    ],
)
def test_the_first_language_that_there_is_wins(asked: str | None, header: str | None, language: str) -> None:
    """RFC 9110 §12.5.4; a header without end is not read to its end."""
    request = make_request({} if header is None else {"accept-language": header})

    assert texts_for(request, asked=asked).language == language


def test_an_error_without_words_of_its_own_has_general_ones() -> None:
    texts = texts_in("en")

    assert texts.first("error_request_over", "error_general") == texts("error_request_over")
    assert texts.first("error_unheard_of", "error_request_over", "error_general") == texts("error_request_over")
    assert texts.first("error_unheard_of", "error_general") == texts("error_general")
    assert texts("sign_in_to", client="The App") == "to continue to The App"
