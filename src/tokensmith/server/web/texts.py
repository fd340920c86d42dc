"""What pages say, in the languages there are: one catalogue each, all with the same keys (BCP 47, RFC 9110 §12.5.4)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from starlette.requests import Request

from tokensmith.server.web.request_headers import header_values

LANGUAGES: Final = ("en", "de")
_FOLDER: Final = Path(__file__).parent / "translations"
_MOST_LANGUAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's catalogue."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: str) -> str:
        """Return a text with its values put in; they are escaped later, where the page is made."""
        return self.entries[key].format(**values)

    def first(self, *keys: str) -> str:
        """Return the text of the first key that has one, such as that of an error or else of its kind."""
        return next(self.entries[key] for key in keys if key in self.entries)


@cache
def texts_in(language: str) -> Texts:
    """Return the catalogue of one of `LANGUAGES`."""
    text = (_FOLDER / f"{language}.toml").read_text("utf-8")
    return Texts(language, MappingProxyType(tomllib.loads(text)))


def texts_for(request: Request, *, asked: str | None = None) -> Texts:
    """Return the catalogue that suits a request best.

    Args:
        asked: What the client asked for, the best first, parted by spaces (`ui_locales`, Core §3.1.2.1).
    """
    wanted = (asked or "").split(" ")[:_MOST_LANGUAGES]
    wanted += _accepted(",".join(header_values(request.scope, b"accept-language")))
    return texts_in(_first_of(wanted))


def _first_of(wanted: Sequence[str]) -> str:
    for tag in wanted:
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def _accepted(header: str) -> list[str]:
    weighed = []
    for part in header[:1000].split(",")[:_MOST_LANGUAGES]:
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        weighed.append((weight, tag))
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]
