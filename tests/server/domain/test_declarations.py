"""A whole file of declarations."""

from dataclasses import fields, replace
from typing import Any

import pytest

from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.declarations import (
    DeclaredResource,
    dotted,
    read_declarations,
    table_name,
    told_resource,
    within,
)
from tokensmith.server.domain.errors import ConflictError, DeclarationError, InvalidRequestError, UnavailableError
from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.domain.resources import Resource

NOTES = "https://notes.example"
HEADING = f'[resources."{NOTES}"]'


def refused(**file: Any) -> str:
    with pytest.raises(DeclarationError) as caught:
        read_declarations(file)
    assert caught.value.code == "bad_declaration"
    return str(caught.value)


def test_both_kinds_are_read_in_their_order() -> None:
    machine = {"grant_types": ["client_credentials"]}
    read = read_declarations(
        {"resources": {NOTES: {"scopes": ["b", "a"]}}, "clients": {"robot": machine, "a-robot": machine}}
    )

    assert [one.audience for one in read.resources] == [NOTES]
    assert [one.client.id for one in read.clients] == ["robot", "a-robot"]
    assert read_declarations({}).clients == ()


def test_scopes_come_with_words_or_without() -> None:
    (words,) = read_declarations({"resources": {NOTES: {"scopes": {"a": "Do a", "b": ""}}}}).resources
    (names,) = read_declarations({"resources": {NOTES: {"scopes": ["a", "b"]}}}).resources

    assert (words.scopes, words.texts) == ({"a", "b"}, {"a": "Do a"})
    assert (names.scopes, names.texts) == ({"a", "b"}, {})


def test_every_member_of_a_resource_is_read() -> None:
    details = {"note": {"text": "Read one note", "members": ["id"]}}
    table = {"scopes": [], "title": "Notes", "client": "service", "open": True, "details": details}
    (read,) = read_declarations({"resources": {NOTES: table}}).resources

    assert (read.title, read.client_id, read.is_open) == ("Notes", "service", True)
    assert read.details == {"note": DetailType(text="Read one note", members=("id",))}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"client": {}}, "unknown field `client`"),
        ({"clients": []}, "clients: Expected `object`"),
        ({"clients": {"web": 1}}, "[clients.web] Expected `object`, got `int`"),
        ({"resources": {NOTES: "a"}}, f"{HEADING} Expected `object`, got `str`"),
        ({"clients": {"web": {"colour": 1}}}, "[clients.web] Object contains unknown field `colour`"),
        ({"clients": {"a.b": {"trusted": 1}}}, '[clients."a.b"] trusted: Expected `bool`'),
        ({"resources": {NOTES: {}}}, f"{HEADING} Object missing required field `scopes`"),
        ({"resources": {NOTES: {"scopes": ["a"], "audience": "x"}}}, f"{HEADING} Object contains unknown"),
        ({"resources": {NOTES: {"scopes": "a"}}}, f"{HEADING} scopes: Expected"),
        ({"resources": {NOTES: {"scopes": ["a b"]}}}, f"{HEADING} That is not a scope token"),
        (
            {"resources": {NOTES: {"scopes": [], "details": {"a": {"text": "", "x": 1}}}}},
            f"{HEADING} details[...]: Object",
        ),
        ({"resources": {NOTES: {"scopes": [], "title": ""}}}, f"{HEADING} title: Expected"),
        ({"resources": {NOTES: {"scopes": [], "open": "yes"}}}, f"{HEADING} open: Expected `bool`"),
        ({"resources": {"notes": {"scopes": []}}}, "[resources.notes] A resource is an absolute URI"),
    ],
)
def test_what_cannot_be_is_refused_by_table_and_member(file: dict[str, Any], said: str) -> None:
    assert said in refused(**file)


def test_a_resource_is_told_in_the_words_of_the_file() -> None:
    resource = Resource(
        id=ResourceId("n"), audience=NOTES, scopes=frozenset({"b:1", "a"}), client_id=None, texts={"a": "Do a"}
    )

    assert told_resource(resource) == {
        "scopes.a": "Do a",
        'scopes."b:1"': "",
        "title": None,
        "client": None,
        "open": False,
    }


OTHERWISE: dict[str, Any] = {
    "scopes": frozenset({"other"}),
    "texts": {"a": "Do other"},
    "client_id": "other",
    "title": "Other",
    "is_open": True,
    "details": {"other": DetailType(text="Other")},
}


@pytest.mark.parametrize("field", sorted({one.name for one in fields(Resource)} - {"id", "audience"}))
def test_no_change_of_a_resource_goes_unseen(field: str) -> None:
    """What is not told is never compared; and what a file does not say would be lost when something else changes."""
    resource = Resource(id=ResourceId("n"), audience=NOTES, scopes=frozenset({"a"}), client_id=None)

    assert told_resource(replace(resource, **{field: OTHERWISE[field]})) != told_resource(resource)
    assert field in {one.name for one in fields(DeclaredResource)}


def test_headings_are_those_of_the_file() -> None:
    """A key that is no bare one is in quotes, and what is in it ends nothing."""
    assert table_name("clients", "first-party") == "[clients.first-party]"
    assert dotted("scopes", 'a"]\n') == r'scopes."a\"]\n"'


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DeclarationError("no.", code="declaration_conflict", detail="d"), "declaration_conflict"),
        (ConflictError("no.", code="bad_lifetime", detail="d"), "bad_declaration"),
        (InvalidRequestError("no.", detail="d"), "bad_declaration"),
    ],
)
def test_whatever_is_refused_is_refused_with_its_table(error: Exception, code: str) -> None:
    with pytest.raises(DeclarationError) as caught, within("[t]"):
        raise error

    assert (str(caught.value), caught.value.code, caught.value.detail) == ("[t] no.", code, "d")


def test_a_lost_database_is_no_mistake_in_the_file() -> None:
    with pytest.raises(UnavailableError), within("[t]"):
        raise UnavailableError("gone")
