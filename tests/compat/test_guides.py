"""The guides for moving in: their code runs, and each is found from the index."""

import pytest

from tests.architecture.tree import TOP
from tests.compat.guides import blocks_of, text_of

GUIDES = sorted(path.stem for path in (TOP / "docs").glob("from-*.md"))


@pytest.mark.parametrize("guide", GUIDES)
def test_the_code_of_a_guide_runs(guide: str) -> None:
    """From top to bottom, with what it asserts."""
    blocks = blocks_of(guide)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, guide, "exec"), names)

    assert blocks
    assert any("assert " in block for block in blocks)


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_is_listed(guide: str) -> None:
    """A page nobody links is a page nobody reads."""
    assert f"]({guide}.md)" in text_of("index")
