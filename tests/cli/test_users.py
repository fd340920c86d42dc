"""`tokensmith user`."""

import pytest

from tests.cli.operating import Operator
from tokensmith.cli.resources import resource
from tokensmith.cli.users import user

NOTES = "https://notes.example"


@pytest.fixture
def ada(operator: Operator) -> Operator:
    """Ada, and a service."""
    operator.do(resource, "create", NOTES, "--scope", "read", "--scope", "write")
    operator.do(user, "create", "ada", "--password-stdin", text="correct horse\n")
    return operator


def test_the_first_administrator_is_made_here(operator: Operator) -> None:
    output = operator.do(user, "create", "root", "--admin", "--password-stdin", text="correct horse\n")

    assert output.startswith("Created root (")
    assert output.endswith(", an administrator.\n")


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        ("ADA", "correct horse", "taken"),
        ("bad name", "correct horse", "user name"),
        ("bob", "short", "8 characters"),
        ("bob", "", "password"),
    ],
)
def test_what_cannot_be_is_refused(ada: Operator, name: str, password: str, says: str) -> None:
    assert says in ada.refused(user, "create", name, "--password-stdin", text=f"{password}\n")


def test_scopes_are_given_and_taken(ada: Operator) -> None:
    given = ada.do(user, "grant", "ada", "read", "write", "--resource", NOTES)
    taken = ada.do(user, "forbid", "ada", "write", "--resource", NOTES)

    assert given == f"ada may have read write at {NOTES}.\n"
    assert taken == f"ada may no longer have write at {NOTES}.\n"


@pytest.mark.parametrize(
    ("name", "scope", "uri", "says"),
    [("bob", "read", NOTES, "bob"), ("ada", "fly", NOTES, "fly"), ("ada", "read", "https://x", "https://x")],
)
def test_scopes_of_nobody_at_nothing_are_refused(ada: Operator, name: str, scope: str, uri: str, says: str) -> None:
    for command in ("grant", "forbid"):
        assert says in ada.refused(user, command, name, scope, "--resource", uri)


def test_accounts_are_switched_off_and_on(ada: Operator) -> None:
    assert "switched off" in ada.do(user, "disable", "ada")
    assert "switched on" in ada.do(user, "enable", "ada")
    assert "bob" in ada.refused(user, "disable", "bob")


def test_a_new_password_is_set(ada: Operator) -> None:
    assert "new password" in ada.do(user, "password", "ada", "--password-stdin", text="battery staple\n")
    assert "bob" in ada.refused(user, "password", "bob", "--password-stdin", text="battery staple\n")


def test_people_are_described_by_claims(ada: Operator) -> None:
    """As OpenID Connect names them."""
    output = ada.do(user, "describe", "ada", "name=Ada Lovelace", "email_verified=true")

    assert output == "ada is described: email_verified name.\n"
    assert "these can" in ada.refused(user, "describe", "ada", "sub=x")
    assert ada.run(user, "describe", "ada", "name").exit_code == 2
