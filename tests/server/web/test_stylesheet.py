"""The style sheet."""

import re

import pytest

from tests.server.web.served import Served
from tokensmith.server.web.render import STYLESHEET

pytestmark = pytest.mark.anyio


async def test_it_is_kept_for_a_year_under_its_name(served: Served) -> None:
    answer = await served.get("/assets/tokensmith.css?v=1")

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000"
    assert answer.content == STYLESHEET
    again = await served.get("/assets/tokensmith.css", **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_it_loads_nothing() -> None:
    assert not re.search(rb"url\(|@import", STYLESHEET)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "card", 7.0),
        ("quiet", "card", 4.5),
        ("accent", "card", 4.5),
        ("on-accent", "accent", 4.5),
        ("problem", "problem-back", 4.5),
        ("line", "card", 3.0),
    ],
)
def test_colours_can_be_told_apart(scheme: int, front: str, back: str, least: float) -> None:
    """WCAG 2.2 §1.4.3, §1.4.11, in the light and in the dark."""
    block = re.findall(rb":root \{(.*?)\}", STYLESHEET, re.DOTALL)[scheme].decode()
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    lighter, darker = sorted((_luminance(colours[front]), _luminance(colours[back])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= least
