"""What a guide shows runs as it stands, from its first block to its last."""

from typing import Annotated

import pytest
from fastapi import FastAPI, Security

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP
from tokensmith.guard import Guard, Principal
from tokensmith.integrations.fastapi import Auth

# Guides whose Python needs nothing but us, and what they print.
PRINTED = {
    "disclose-selectively.md": "Ada Lovelace FR\n",
    "encrypt-a-token.md": "ada\n",
    "sign-in-for-pages.md": "",
    "sign-any-bytes.md": "b'any bytes' example\n",
    "verify-other-kinds.md": "ada\nada\nmissing_claim\nforbidden_claim\nwrong_event\nfirst: missing_claim\n",
}


@pytest.mark.parametrize(("guide", "printed"), PRINTED.items())
def test_a_guide_runs(guide: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its blocks share their names, as they do for who reads it."""
    text = "\n".join(blocks((TOP / "docs" / "how-to" / guide).read_text(), "python"))
    exec(compile(text, guide, "exec"), {})

    assert capsys.readouterr().out == printed


def test_the_guide_to_guards_runs() -> None:
    """Its last block tests the reader's own service, which is made here as the first block has it."""

    def create_app(guard: Guard) -> FastAPI:
        app, auth = FastAPI(), Auth(guard)

        @app.get("/notes")
        async def notes(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]) -> list[str]:
            return [caller.subject]

        return app

    names: dict[str, object] = {"create_app": create_app}
    for text in blocks((TOP / "docs" / "how-to" / "protect-a-service.md").read_text(), "python"):
        exec(compile(text, "protect-a-service.md", "exec"), names)

    assert callable(names["lines"])
    assert names["lines"]() == []
