"""What a guide shows runs as it stands, from its first block to its last."""

import pytest

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP

# Guides whose Python needs nothing but us, and what they print.
PRINTED = {
    "disclose-selectively.md": "Ada Lovelace FR\n",
    "encrypt-a-token.md": "ada\n",
    "sign-any-bytes.md": "b'any bytes' example\n",
}


@pytest.mark.parametrize(("guide", "printed"), PRINTED.items())
def test_a_guide_runs(guide: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its blocks share their names, as they do for who reads it."""
    text = "\n".join(blocks((TOP / "docs" / "how-to" / guide).read_text(), "python"))
    exec(compile(text, guide, "exec"), {})

    assert capsys.readouterr().out == printed
