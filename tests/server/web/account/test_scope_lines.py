"""The question, line by line."""

from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.flows.wanted_access import WantedAccess
from tokensmith.server.web.account.scope_lines import ScopeLine, scope_lines
from tokensmith.server.web.texts import texts_in

NOTES = Resource(
    id=ResourceId("n"),
    audience="https://a.example",
    scopes=frozenset({"r", "w"}),
    client_id=None,
    texts={"r": "Read your notes"},
)
SELF = Resource(id=IDENTITY, audience="https://id.example", scopes=IDENTITY_SCOPES, client_id=None)


def test_the_server_comes_first_and_scopes_without_words_stand_as_they_are() -> None:
    scopes = {NOTES.id: frozenset({"w", "r"}), IDENTITY: frozenset({"openid"})}
    access = WantedAccess(scopes=scopes, resources=(NOTES, SELF), first=NOTES.id)

    assert list(scope_lines(access, texts_in("de"), new={NOTES.id: frozenset({"w"})})) == [
        ScopeLine(text="Wissen, wer Sie hier sind", service=None, is_new=False),
        ScopeLine(text="Read your notes", service="https://a.example", is_new=False),
        ScopeLine(text="w", service="https://a.example", is_new=True),
    ]
