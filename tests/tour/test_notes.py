"""The example service, as a process that was told an issuer's URL and its own name."""

import ast
import json
from pathlib import Path

import pytest

from tests.tour.running_notes import Notes, notes
from tests.tour.stand_in import Silent
from tokensmith.guard.testing import Flaw
from tokensmith.tour.anatomy import dissect
from tokensmith.tour.exchange import Exchange, get, post_json, send
from tokensmith.tour.page import Pace, Page

__all__ = ["notes"]

SOURCE = Path(__file__).parents[2] / "src/tokensmith/tour/notes.py"


def read(notes: Notes, token: str | None) -> Exchange:
    return send(get(f"{notes.url}/notes", token=token))


def write(notes: Notes, token: str, text: object) -> Exchange:
    return send(post_json(f"{notes.url}/notes", {"text": text}, token=token))


def test_it_fits_on_a_page() -> None:
    """An example nobody reads to the end is none."""
    assert len(SOURCE.read_text().splitlines()) < 60


def test_it_knows_nothing_of_the_server() -> None:
    """The guard and its adapter, and the issuer's URL."""
    nodes = ast.walk(ast.parse(SOURCE.read_text()))
    imported = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}

    assert {name for name in imported if name.startswith("tokensmith")} == {
        "tokensmith.guard",
        "tokensmith.integrations.fastapi",
    }


def test_notes_are_read_with_the_scope_for_it(notes: Notes) -> None:
    """And with nothing less."""
    assert read(notes, notes.issuer.token(scope="notes:read")).status == 200
    assert read(notes, notes.issuer.token(scope="notes:write")).status == 403


def test_notes_are_written_with_the_scope_for_it(notes: Notes) -> None:
    """RFC 6750 §3.1: the challenge names what is missing."""
    reader = write(notes, notes.issuer.token(scope="notes:read"), "x")

    assert write(notes, notes.issuer.token(scope="notes:write"), "x").status == 201
    assert reader.status == 403
    assert reader.challenge is not None
    assert (reader.challenge["error"], reader.challenge["scope"]) == ("insufficient_scope", "notes:write")


def test_everybody_has_notes_of_their_own(notes: Notes) -> None:
    """By the subject of the token."""
    mine = notes.issuer.token(sub="eve", scope="notes:read notes:write")
    write(notes, mine, "a")
    write(notes, mine, "b")

    assert json.loads(read(notes, mine).body) == ["a", "b"]
    assert json.loads(read(notes, notes.issuer.token(sub="dan", scope="notes:read")).body) == []


def test_only_the_last_hundred_are_kept(notes: Notes) -> None:
    """An example must not fill the memory of whoever leaves it running."""
    token = notes.issuer.token(sub="bob", scope="notes:read notes:write")
    for number in range(101):
        write(notes, token, str(number))

    assert json.loads(read(notes, token).body) == [str(number) for number in range(1, 101)]


@pytest.mark.parametrize(("text", "status"), [("x" * 1000, 201), ("x" * 1001, 422), (7, 422)])
def test_a_note_is_a_text_of_up_to_a_thousand_characters(notes: Notes, text: object, status: int) -> None:
    """Anything else is not taken."""
    assert write(notes, notes.issuer.token(scope="notes:write"), text).status == status


def test_without_a_token_the_challenge_is_bare(notes: Notes) -> None:
    """RFC 6750 §3.1."""
    answer = read(notes, None)

    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "flaw", ["wrong audience", "wrong issuer", "wrong type", "stranger's key", "alg none", "damaged"]
)
def test_a_bad_token_is_refused(notes: Notes, flaw: Flaw) -> None:
    """Whatever is wrong with it."""
    answer = read(notes, notes.issuer.token(scope="notes:read", flaw=flaw))

    assert answer.status == 401
    assert answer.challenge is not None
    assert answer.challenge["error"] == "invalid_token"


def test_it_forgives_no_second(notes: Notes) -> None:
    """Leeway 0: a token that ended two seconds ago, which the guard's default of ten would still take."""
    now = dissect(notes.issuer.token()).claims["iat"]
    assert isinstance(now, int)
    ended = notes.issuer.token(scope="notes:read", iat=now - 60, exp=now - 2)

    assert read(notes, ended).status == 401


def test_a_revoked_token_is_refused_within_the_bound(notes: Notes) -> None:
    """Five seconds, while the issuer answers."""
    token = notes.issuer.token(scope="notes:read")
    assert read(notes, token).status == 200
    notes.issuer.revoke(token)
    page = Page(Silent(), pace=Pace())
    page.refused_within(5, get(f"{notes.url}/notes", token=token), why="the revoked token is refused")

    assert page.held
